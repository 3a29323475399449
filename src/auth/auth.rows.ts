import { Injectable } from '@nestjs/common';
import { KeepsRows } from '../database/index.js';
import { ApiKey } from './api-keys/api-key.entity.js';
import { SecurityAuthEvent } from './security-events/security-journal.js';
import { RefreshToken } from './sessions/session-store.js';
import { User } from './users/user.entity.js';

const STAFF = { none: 'those who work with Herald, who are no leads' };

@Injectable()
@KeepsRows([
  { table: User, holds: 'a person who signs in', keeps: { until: 'an admin removes the user' }, lead: STAFF },
  { table: ApiKey, holds: 'a key, by its hash', keeps: { until: 'its owner is removed' }, lead: STAFF },
  {
    table: RefreshToken,
    holds: 'a link of a session, by its hash',
    keeps: { days: 'session', after: 'expires_at' },
    lead: STAFF,
  },
  {
    table: SecurityAuthEvent,
    holds: 'an attempt to get in',
    keeps: { days: 'security', after: 'timestamp', ownKeys: 'auth_' },
    lead: STAFF,
  },
])
export class AuthRows {}
