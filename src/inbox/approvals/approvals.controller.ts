import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type CallOptions, Caller, Input, OperationBus, Rest } from '../../operations/index.js';

@ApiTags('inbox')
@Controller('api/v1/approvals')
export class ApprovalsController {
  constructor(private readonly operations: OperationBus) {}

  @Get()
  @Rest('approval.list')
  list(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('approval.list', input, caller);
  }

  @Post()
  @HttpCode(200)
  @Rest('approval.request')
  request(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('approval.request', input, caller);
  }

  @Get(':approvalId')
  @Rest('approval.get', { hasEtag: true })
  get(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('approval.get', input, caller);
  }

  @Post(':approvalId/approve')
  @HttpCode(200)
  @Rest('approval.approve', { hasEtag: true })
  approve(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('approval.approve', input, caller);
  }

  @Post(':approvalId/reject')
  @HttpCode(200)
  @Rest('approval.reject', { hasEtag: true })
  reject(@Input() input: object, @Caller() caller: CallOptions): Promise<object> {
    return this.operations.call('approval.reject', input, caller);
  }
}
