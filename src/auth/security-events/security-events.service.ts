import { Injectable } from '@nestjs/common';
import { Database } from '../../database/index.js';
import { CALL_REFUSED, DEFAULT_PAGE, Listens, Operation, type Principal } from '../../operations/index.js';
import { SecurityAuthEvent } from './security-auth-event.entity.js';
import { ListSecurityEventsRequest, SecurityEventPage } from './security-events.dto.js';
import { SecurityJournal } from './security-journal.js';

/** Who tried to get in, and with what result; also keeps what the operations refused for want of a scope. */
@Injectable()
export class SecurityEventsService {
  constructor(
    private readonly database: Database,
    private readonly journal: SecurityJournal,
  ) {}

  @Listens(CALL_REFUSED)
  noteRefusal({ principal, scope }: { principal: Principal | undefined; scope: string }): void {
    const mechanism = principal?.kind === 'api_key' ? 'APIKey' : 'JWT';
    const { name = 'anonymous', ip = 'internal' } = principal ?? {};
    this.journal.record({ principal: name, mechanism, scope, result: 'denied', ip });
  }

  @Operation({
    name: 'security_event.list',
    permission: 'security:read',
    kind: 'query',
    request: ListSecurityEventsRequest,
    response: SecurityEventPage,
    summary: 'List sign-ins and refusals, newest first',
    rest: { route: 'GET /api/v1/security-events', tag: 'security' },
  })
  list({ limit = DEFAULT_PAGE, cursor, ...where }: ListSecurityEventsRequest): Promise<SecurityEventPage> {
    const from = cursor !== undefined && { cursor };
    return this.database.of(SecurityAuthEvent).page({ where, order: { timestamp: 'desc' }, limit, ...from });
  }
}
