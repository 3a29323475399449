import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Settings } from '../../../config/index.js';
import { AppError, type HeraldRequest, OperationBus, unauthenticated } from '../../../operations/index.js';
import { refusalOf } from './request-source.js';

/**
 * After the general guard, which has read the credentials: a request from elsewhere is refused first, then one
 * without a valid token.
 */
@Injectable()
export class McpGuard implements CanActivate {
  constructor(
    private readonly settings: Settings,
    private readonly operations: OperationBus,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers, principal } = context.switchToHttp().getRequest<HeraldRequest>();
    const refusal = refusalOf({ host: headers.host, origin: headers.origin }, this.settings);
    if (refusal !== undefined) {
      // somebody's good token, used by a page that should not have it
      if (principal) this.operations.noteRefusal(principal, 'mcp', 'mcp:source');
      throw new AppError('forbidden', 'foreign_source', refusal);
    }
    if (!principal)
      throw unauthenticated('send an access token or an API key as "Authorization: Bearer …"; none in the address');
    return true;
  }
}
