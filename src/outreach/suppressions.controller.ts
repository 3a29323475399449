import { Controller, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type CallOptions, Caller, Input, OperationBus, Rest } from '../operations/index.js';

@ApiTags('messages')
@Controller('api/v1/suppressions')
export class SuppressionsController {
  constructor(private readonly operations: OperationBus) {}

  @Get()
  @Rest('suppression.list')
  list(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('suppression.list', input, caller);
  }

  @Post()
  @Rest('suppression.add')
  add(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('suppression.add', input, caller);
  }

  @Delete(':suppressionId')
  @HttpCode(204)
  @Rest('suppression.remove', { isEmpty: true })
  async remove(@Input() input: object, @Caller() caller: CallOptions): Promise<void> {
    await this.operations.call('suppression.remove', input, caller);
  }
}
