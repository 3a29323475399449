import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type CallOptions, Caller, Input, OperationBus, Rest } from '../../operations/index.js';

/** Other names of operations, kept for scripts that know them. */
@ApiTags('aliases')
@Controller('api/agents')
export class RestAliasesController {
  constructor(private readonly operations: OperationBus) {}

  @Post('triage')
  @HttpCode(200)
  @Rest('lead.triage', { isAlias: true })
  triage(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('lead.triage', input, caller);
  }

  @Post('engage')
  @HttpCode(200)
  @Rest('lead.engage', { isAlias: true })
  engage(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('lead.engage', input, caller);
  }

  @Post('optimize')
  @HttpCode(200)
  @Rest('campaign.optimize', { isAlias: true })
  optimize(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('campaign.optimize', input, caller);
  }

  @Post('handoff')
  @HttpCode(202)
  @Rest('agent.handoff', { isAlias: true })
  handoff(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('agent.handoff', input, caller);
  }

  @Post('memory/store')
  @Rest('memory.store', { isAlias: true })
  storeMemory(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('memory.store', input, caller);
  }

  @Get('memory/retrieve')
  @Rest('memory.retrieve', { isAlias: true })
  retrieveMemory(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('memory.retrieve', input, caller);
  }

  @Get('analytics/performance')
  @Rest('agent.performance', { isAlias: true })
  performance(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('agent.performance', input, caller);
  }

  @Get('system/status')
  @Rest('system.overview', { isAlias: true })
  status(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('system.overview', input, caller);
  }
}
