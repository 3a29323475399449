import { Controller, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type CallOptions, Caller, Input, OperationBus, Rest } from '../../operations/index.js';

@ApiTags('campaigns')
@Controller('api/v1/campaigns')
export class CampaignsController {
  constructor(private readonly operations: OperationBus) {}

  @Post()
  @Rest('campaign.create', { hasEtag: true })
  create(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('campaign.create', input, caller);
  }

  @Get()
  @Rest('campaign.list')
  list(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('campaign.list', input, caller);
  }

  @Get(':campaignId')
  @Rest('campaign.get', { hasEtag: true })
  get(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('campaign.get', input, caller);
  }

  @Patch(':campaignId')
  @Rest('campaign.update', { hasEtag: true })
  update(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('campaign.update', input, caller);
  }

  @Delete(':campaignId')
  @HttpCode(204)
  @Rest('campaign.delete', { isEmpty: true })
  async delete(@Input() input: object, @Caller() caller: CallOptions): Promise<void> {
    await this.operations.call('campaign.delete', input, caller);
  }

  @Get(':campaignId/daily')
  @Rest('campaign.daily')
  daily(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('campaign.daily', input, caller);
  }

  @Get(':campaignId/variants')
  @Rest('campaign.variants')
  variants(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('campaign.variants', input, caller);
  }
}
