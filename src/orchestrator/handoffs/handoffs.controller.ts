import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type CallOptions, Caller, Input, OperationBus, Rest } from '../../operations/index.js';

@ApiTags('handoffs')
@Controller('api/v1')
export class HandoffsController {
  constructor(private readonly operations: OperationBus) {}

  @Post('agents/handoff')
  @HttpCode(202)
  @Rest('agent.handoff')
  request(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('agent.handoff', input, caller);
  }

  @Get('handoffs')
  @Rest('handoff.list')
  list(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('handoff.list', input, caller);
  }

  @Get('handoffs/:handoffId')
  @Rest('handoff.get')
  get(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('handoff.get', input, caller);
  }

  @Post('handoffs/:handoffId/complete')
  @HttpCode(200)
  @Rest('handoff.complete')
  complete(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('handoff.complete', input, caller);
  }
}
