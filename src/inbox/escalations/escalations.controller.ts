import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type CallOptions, Caller, Input, OperationBus, Rest } from '../../operations/index.js';

@ApiTags('inbox')
@Controller('api/v1/escalations')
export class EscalationsController {
  constructor(private readonly operations: OperationBus) {}

  @Get()
  @Rest('escalation.list')
  list(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('escalation.list', input, caller);
  }

  @Get(':escalationId')
  @Rest('escalation.get', { hasEtag: true })
  get(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('escalation.get', input, caller);
  }

  @Post(':escalationId/claim')
  @HttpCode(200)
  @Rest('escalation.claim', { hasEtag: true })
  claim(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('escalation.claim', input, caller);
  }

  @Post(':escalationId/resolve')
  @HttpCode(200)
  @Rest('escalation.resolve', { hasEtag: true })
  resolve(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('escalation.resolve', input, caller);
  }
}
