import { Controller, Delete, Get, Header, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type CallOptions, Caller, Input, OperationBus, Rest } from '../../operations/index.js';

@ApiTags('api-keys')
@Controller('api/v1/api-keys')
export class ApiKeysController {
  constructor(private readonly operations: OperationBus) {}

  @Get()
  @Rest('api_key.list')
  list(@Input() input: object, @Caller() caller: CallOptions) {
    return this.operations.call('api_key.list', input, caller);
  }

  @Post()
  @Header('Cache-Control', 'no-store')
  @Rest('api_key.create')
  create(@Input() input: object, @Caller() caller: CallOptions) {
    return this.operations.call('api_key.create', input, caller);
  }

  @Delete(':keyId')
  @HttpCode(204)
  @Rest('api_key.revoke', { isEmpty: true })
  async revoke(@Input() input: object, @Caller() caller: CallOptions): Promise<void> {
    await this.operations.call('api_key.revoke', input, caller);
  }
}
