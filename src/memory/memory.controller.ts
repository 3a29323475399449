import { Controller, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type CallOptions, Caller, Input, OperationBus, Rest } from '../operations/index.js';

@ApiTags('memory')
@Controller('api/v1/memory')
export class MemoryController {
  constructor(private readonly operations: OperationBus) {}

  @Post()
  @Rest('memory.store')
  store(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('memory.store', input, caller);
  }

  @Get()
  @Rest('memory.retrieve')
  retrieve(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('memory.retrieve', input, caller);
  }

  @Get('search')
  @Rest('memory.search')
  search(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('memory.search', input, caller);
  }

  @Get('leads/:leadId')
  @Rest('memory.export')
  export(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('memory.export', input, caller);
  }

  @Get('leads/:leadId/as-of')
  @Rest('memory.asOf')
  asOf(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('memory.asOf', input, caller);
  }

  @Delete('leads/:leadId')
  @HttpCode(200)
  @Rest('memory.forget')
  forget(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('memory.forget', input, caller);
  }
}
