import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type CallOptions, Caller, Input, OperationBus, Rest } from '../../operations/index.js';

@ApiTags('segments')
@Controller('api/v1/segments')
export class SegmentsController {
  constructor(private readonly operations: OperationBus) {}

  @Get()
  @Rest('segment.list')
  list(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('segment.list', input, caller);
  }
}
