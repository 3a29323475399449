import { Controller, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type CallOptions, Caller, Input, OperationBus, Rest } from '../../operations/index.js';

@ApiTags('users')
@Controller('api/v1/users')
export class UsersController {
  constructor(private readonly operations: OperationBus) {}

  @Get()
  @Rest('user.list')
  list(@Input() input: object, @Caller() caller: CallOptions) {
    return this.operations.call('user.list', input, caller);
  }

  @Post()
  @Rest('user.create', { hasEtag: true })
  create(@Input() input: object, @Caller() caller: CallOptions) {
    return this.operations.call('user.create', input, caller);
  }

  @Get(':userId')
  @Rest('user.get', { hasEtag: true })
  get(@Input() input: object, @Caller() caller: CallOptions) {
    return this.operations.call('user.get', input, caller);
  }

  @Patch(':userId')
  @Rest('user.update', { hasEtag: true })
  update(@Input() input: object, @Caller() caller: CallOptions) {
    return this.operations.call('user.update', input, caller);
  }

  @Delete(':userId')
  @HttpCode(204)
  @Rest('user.delete', { isEmpty: true })
  async remove(@Input() input: object, @Caller() caller: CallOptions): Promise<void> {
    await this.operations.call('user.delete', input, caller);
  }
}
