import { Injectable } from '@nestjs/common';
import { Database } from '../../database/index.js';
import {
  CALL_REFUSED,
  Choice,
  DEFAULT_PAGE,
  Instant,
  Listens,
  ListRequest,
  Nested,
  Operation,
  type Principal,
  Str,
} from '../../operations/index.js';
import {
  AUTH_MECHANISMS,
  AUTH_RESULTS,
  type AuthMechanism,
  type AuthResult,
  SecurityAuthEvent,
  SecurityJournal,
} from './security-journal.js';

export class ListSecurityEventsRequest extends ListRequest {
  @Str({ min: 1, max: 200, optional: true }) principal?: string;
  @Choice(AUTH_MECHANISMS, { optional: true }) auth_mechanism?: AuthMechanism;
  @Str({ min: 1, max: 100, optional: true }) scope?: string;
  @Choice(AUTH_RESULTS, { optional: true }) result?: AuthResult;
  @Str({ min: 1, max: 100, optional: true }) ip?: string;
}

export class SecurityEventResponse {
  @Str() event_id!: string;
  @Instant() timestamp!: string;
  @Str() principal!: string;
  @Choice(AUTH_MECHANISMS) auth_mechanism!: AuthMechanism;
  @Str() scope!: string;
  @Choice(AUTH_RESULTS) result!: AuthResult;
  @Str() ip!: string;
}

export class SecurityEventPage {
  @Nested(() => SecurityEventResponse, { array: true }) items!: SecurityEventResponse[];
  @Str({ nullable: true }) next_cursor!: string | null;
}

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
    return this.database.of(SecurityAuthEvent).page({ where, order: { timestamp: 'desc' }, limit, cursor });
  }
}
