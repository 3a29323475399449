import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type CallOptions, Caller, Input, OperationBus, Rest } from '../../operations/index.js';

@ApiTags('memory')
@Controller('api/v1/graph')
export class GraphController {
  constructor(private readonly operations: OperationBus) {}

  @Get('search')
  @Rest('graph.search')
  search(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('graph.search', input, caller);
  }

  @Get('paths')
  @Rest('graph.paths')
  paths(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('graph.paths', input, caller);
  }
}
