import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type CallOptions, Caller, Input, OperationBus, Rest } from '../../operations/index.js';

@ApiTags('queue')
@Controller('api/v1')
export class QueueInspectionController {
  constructor(private readonly operations: OperationBus) {}

  @Get('queue')
  @Rest('queue.status')
  status(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('queue.status', input, caller);
  }

  @Get('dead-letters')
  @Rest('deadletter.list')
  list(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('deadletter.list', input, caller);
  }

  @Post('dead-letters/:outboxId/retry')
  @HttpCode(200)
  @Rest('deadletter.retry')
  retry(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('deadletter.retry', input, caller);
  }
}
