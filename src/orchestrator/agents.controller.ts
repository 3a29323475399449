import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type CallOptions, Caller, Input, OperationBus, Rest } from '../operations/index.js';

@ApiTags('agents')
@Controller('api/v1')
export class AgentsController {
  constructor(private readonly operations: OperationBus) {}

  @Post('leads/:leadId/triage')
  @HttpCode(200)
  @Rest('lead.triage')
  triage(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('lead.triage', input, caller);
  }

  @Post('leads/:leadId/engage')
  @HttpCode(200)
  @Rest('lead.engage')
  engage(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('lead.engage', input, caller);
  }

  @Get('leads/:leadId/recommendation')
  @Rest('lead.recommend')
  recommend(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('lead.recommend', input, caller);
  }

  @Post('campaigns/:campaignId/optimize')
  @HttpCode(200)
  @Rest('campaign.optimize')
  optimize(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('campaign.optimize', input, caller);
  }

  @Get('agents/performance')
  @Rest('agent.performance')
  performance(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('agent.performance', input, caller);
  }

  @Get('overview')
  @Rest('system.overview')
  overview(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('system.overview', input, caller);
  }
}
