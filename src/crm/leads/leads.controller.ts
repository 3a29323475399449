import { Controller, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type CallOptions, Caller, Input, OperationBus, Rest } from '../../operations/index.js';

@ApiTags('leads')
@Controller('api/v1/leads')
export class LeadsController {
  constructor(private readonly operations: OperationBus) {}

  @Post()
  @Rest('lead.create', { hasEtag: true })
  create(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('lead.create', input, caller);
  }

  @Get()
  @Rest('lead.list')
  list(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('lead.list', input, caller);
  }

  @Get(':leadId')
  @Rest('lead.get', { hasEtag: true })
  get(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('lead.get', input, caller);
  }

  @Patch(':leadId')
  @Rest('lead.update', { hasEtag: true })
  update(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('lead.update', input, caller);
  }

  @Delete(':leadId')
  @HttpCode(204)
  @Rest('lead.delete', { isEmpty: true })
  async delete(@Input() input: object, @Caller() caller: CallOptions): Promise<void> {
    await this.operations.call('lead.delete', input, caller);
  }
}
