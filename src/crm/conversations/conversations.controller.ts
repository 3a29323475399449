import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type CallOptions, Caller, Input, OperationBus, Rest } from '../../operations/index.js';

@ApiTags('conversations')
@Controller('api/v1')
export class ConversationsController {
  constructor(private readonly operations: OperationBus) {}

  @Post('interactions')
  @Rest('interaction.track')
  track(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('interaction.track', input, caller);
  }

  @Get('interactions')
  @Rest('interaction.list')
  list(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('interaction.list', input, caller);
  }

  @Get('interactions/:interactionId')
  @Rest('interaction.get')
  get(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('interaction.get', input, caller);
  }

  @Get('conversations')
  @Rest('conversation.list')
  conversations(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('conversation.list', input, caller);
  }

  @Get('agent-actions')
  @Rest('agent_action.list')
  actions(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('agent_action.list', input, caller);
  }
}
