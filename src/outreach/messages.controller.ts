import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type CallOptions, Caller, Input, OperationBus, Rest } from '../operations/index.js';

@ApiTags('messages')
@Controller('api/v1/messages')
export class MessagesController {
  constructor(private readonly operations: OperationBus) {}

  @Get()
  @Rest('message.list')
  list(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('message.list', input, caller);
  }

  @Post()
  @Rest('message.plan')
  plan(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('message.plan', input, caller);
  }

  @Post('check')
  @HttpCode(200)
  @Rest('message.check')
  check(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('message.check', input, caller);
  }

  @Get(':messageId')
  @Rest('message.get')
  get(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('message.get', input, caller);
  }

  @Post(':messageId/cancel')
  @HttpCode(200)
  @Rest('message.cancel')
  cancel(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('message.cancel', input, caller);
  }

  @Post(':messageId/resolve')
  @HttpCode(200)
  @Rest('message.resolve')
  resolve(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('message.resolve', input, caller);
  }

  @Post(':messageId/events')
  @Rest('message.event')
  event(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('message.event', input, caller);
  }
}
