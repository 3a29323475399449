import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type CallOptions, Caller, Input, OperationBus, Rest } from '../../operations/index.js';

@ApiTags('security')
@Controller('api/v1/security-events')
export class SecurityEventsController {
  constructor(private readonly operations: OperationBus) {}

  @Get()
  @Rest('security_event.list')
  list(@Input() input: object, @Caller() caller: CallOptions) {
    return this.operations.call('security_event.list', input, caller);
  }
}
