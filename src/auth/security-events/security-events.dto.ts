import { Choice, Instant, ListRequest, Nested, Str } from '../../operations/index.js';
import { AUTH_MECHANISMS, AUTH_RESULTS, type AuthMechanism, type AuthResult } from './security-auth-event.entity.js';

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
