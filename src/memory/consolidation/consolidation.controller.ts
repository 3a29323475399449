import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type CallOptions, Caller, Input, OperationBus, Rest } from '../../operations/index.js';

@ApiTags('memory')
@Controller('api/v1/memory')
export class ConsolidationController {
  constructor(private readonly operations: OperationBus) {}

  @Post('consolidate')
  @HttpCode(200)
  @Rest('memory.consolidate')
  consolidate(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('memory.consolidate', input, caller);
  }

  @Get('consolidations')
  @Rest('consolidation.list')
  list(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('consolidation.list', input, caller);
  }

  @Get('consolidations/:run_id')
  @Rest('consolidation.get')
  get(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('consolidation.get', input, caller);
  }
}
