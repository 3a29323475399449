import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type CallOptions, Caller, Input, OperationBus, Rest } from '../../operations/index.js';

@ApiTags('conversions')
@Controller('api/v1/conversions')
export class ConversionsController {
  constructor(private readonly operations: OperationBus) {}

  @Post()
  @Rest('conversion.record')
  record(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('conversion.record', input, caller);
  }

  @Get()
  @Rest('conversion.list')
  list(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('conversion.list', input, caller);
  }
}
