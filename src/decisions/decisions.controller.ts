import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type CallOptions, Caller, Input, OperationBus, Rest } from '../operations/index.js';

@ApiTags('decisions')
@Controller('api/v1/decisions')
export class DecisionsController {
  constructor(private readonly operations: OperationBus) {}

  @Get()
  @Rest('decision.list')
  list(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('decision.list', input, caller);
  }

  @Post('replay')
  @HttpCode(200)
  @Rest('decision.replayMany')
  replayMany(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('decision.replayMany', input, caller);
  }

  @Get(':decisionId')
  @Rest('decision.get')
  get(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('decision.get', input, caller);
  }

  @Post(':decisionId/undo')
  @HttpCode(200)
  @Rest('decision.undo')
  undo(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('decision.undo', input, caller);
  }

  @Post(':decisionId/replay')
  @HttpCode(200)
  @Rest('decision.replay')
  replay(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('decision.replay', input, caller);
  }
}
