import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { WallClock } from '../../config/index.js';
import { Database, UnitOfWork } from '../../database/index.js';
import { AppError, unauthenticated } from '../../errors/index.js';
import type { Principal } from '../../operations/index.js';
import { API_KEY_PREFIX, ApiKey, shownPrefix } from '../api-keys/api-key.entity.js';
import { scopesOfRole } from '../scopes.js';
import { hashToken } from '../secrets.js';
import { type AuthResult, SecurityJournal } from '../security-events/security-journal.js';
import { AccessTokenError, AccessTokens } from '../sessions/access-tokens.js';
import { RefreshToken } from '../sessions/session-store.js';
import { User } from '../users/user.entity.js';
import { type Credential, CredentialCache } from './credential-cache.js';

/** What a caller shows at any of the doors. */
export interface ShownCredentials {
  /** The Authorization header as it came. */
  readonly authorization?: string | undefined;
  /** The X-API-Key header as it came. */
  readonly apiKey?: string | undefined;
  readonly ip: string;
}

/** What a request shows of who makes it. */
export function shownBy({
  headers,
  ip,
}: {
  readonly headers: IncomingHttpHeaders;
  readonly ip: string;
}): ShownCredentials {
  const apiKey = headers['x-api-key'];
  return { authorization: headers.authorization, apiKey: Array.isArray(apiKey) ? apiKey[0] : apiKey, ip };
}

const LONGEST_CREDENTIAL = 4_096;
const KEY_USE_NOTED_EVERY_MS = 10 * 60_000;

/** Refused for a reason that goes into the security journal and not to the caller. */
class Refusal extends Error {
  constructor(
    readonly principal: string,
    readonly result: AuthResult,
  ) {
    super(result);
  }
}

/**
 * Finds out who calls: `Authorization: Bearer <access token or API key>` or `X-API-Key: <key>`. The same for every
 * door.
 */
@Injectable()
export class Authenticator {
  private readonly hashes = new WeakMap<ShownCredentials, string>();

  constructor(
    private readonly database: Database,
    private readonly uow: UnitOfWork,
    private readonly clock: WallClock,
    private readonly tokens: AccessTokens,
    private readonly cache: CredentialCache,
    private readonly journal: SecurityJournal,
  ) {}

  /**
   * Told when credentials of a user may have ended in this process: what stays open on them should ask anew. Those
   * that another process ends, and those that run out, are found by asking from time to time.
   */
  onRevocation(listener: (userId: string) => void): void {
    this.cache.onForget(listener);
  }

  /** @throws AppError of kind unauthenticated, in the same words whatever was wrong with the credential */
  async authenticate(credentials: ShownCredentials): Promise<Principal> {
    const { authorization, apiKey, ip } = credentials;
    const shown = apiKey ?? bearerOf(authorization);
    if (shown === undefined)
      throw unauthenticated('send an access token as "Authorization: Bearer …" or an API key as "X-API-Key: …"');
    const isKey = apiKey !== undefined || shown.startsWith(`${API_KEY_PREFIX}_`);
    try {
      if (shown.length > LONGEST_CREDENTIAL) throw new Refusal('unknown', 'failure');
      const hash = this.hashOf(credentials, shown);
      const { principal } =
        this.cache.get(hash) ??
        (await this.cache.remember(hash, () => (isKey ? this.checkKey(shown, hash, ip) : this.checkToken(shown))));
      return { ...principal, ip };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { principal, result } = error;
      this.journal.record({ principal, mechanism: isKey ? 'APIKey' : 'JWT', scope: 'auth:access', result, ip });
      throw unauthenticated(isKey ? 'the API key is not valid' : 'the access token is not valid or has expired');
    }
  }

  /** A connection shows the same credentials with each of its calls: they are hashed once. */
  private hashOf(credentials: ShownCredentials, shown: string): string {
    let hash = this.hashes.get(credentials);
    if (hash === undefined) this.hashes.set(credentials, (hash = hashToken(shown)));
    return hash;
  }

  /**
   * Asks again, for what stays open on credentials that were good.
   * @returns who it is; `refused` when they are not good any more, `unknown` when it cannot be told now, which is no
   * reason to send anybody away
   */
  async askAgain(credentials: ShownCredentials): Promise<Principal | 'refused' | 'unknown'> {
    try {
      return await this.authenticate(credentials);
    } catch (error) {
      return error instanceof AppError && error.kind === 'unauthenticated' ? 'refused' : 'unknown';
    }
  }

  private async checkToken(token: string): Promise<Credential> {
    const claims = this.verifiedClaims(token);
    const user = await this.database.of(User).get(claims.sub);
    if (!user) throw new Refusal(claims.sub, 'failure');
    if (user.status !== 'active' || user.token_version !== claims.ver) throw new Refusal(user.email, 'denied');
    const liveLinks = await this.database.of(RefreshToken).count({ family_id: claims.sid, revoked_at: null });
    if (liveLinks === 0) throw new Refusal(user.email, 'denied');
    const principal: Principal = {
      id: user.user_id,
      kind: 'user',
      // the journals know people by their address, as sign-ins do
      name: user.email,
      role: user.role,
      scopes: scopesOfRole(user.role),
    };
    return { principal, userId: user.user_id, endsAt: claims.exp * 1000 };
  }

  private verifiedClaims(token: string) {
    try {
      return this.tokens.verify(token);
    } catch (error) {
      if (!(error instanceof AccessTokenError)) throw error;
      throw new Refusal('unknown', error.reason === 'expired' ? 'expired' : 'failure');
    }
  }

  private async checkKey(secret: string, hash: string, ip: string): Promise<Credential> {
    const [key] = await this.database.of(ApiKey).find({ key_hash: hash }, { limit: 1 });
    if (!key) throw new Refusal(shownPrefix(secret), 'failure');
    if (key.revoked_at !== null) throw new Refusal(key.name, 'denied');
    const endsAt = key.expires_at === null ? Infinity : Date.parse(key.expires_at);
    if (this.clock.now().getTime() >= endsAt) throw new Refusal(key.name, 'expired');
    const owner = await this.database.of(User).get(key.owner_user_id);
    if (owner?.status !== 'active') throw new Refusal(key.name, 'denied');
    await this.noteUse(key, ip);
    // an owner who was demoted since has keys that are demoted too
    const held: ReadonlySet<string> = scopesOfRole(owner.role);
    const scopes = new Set<string>(key.scopes.filter((scope) => held.has(scope)));
    const principal: Principal = {
      id: key.key_id,
      kind: 'api_key',
      name: key.name,
      ...(key.role && { role: key.role }),
      scopes,
    };
    return { principal, userId: owner.user_id, endsAt };
  }

  /** Not each use, which would be a write for every request: the first in ten minutes. */
  private async noteUse({ key_id, name, last_used_at }: ApiKey, ip: string): Promise<void> {
    const now = this.clock.now().getTime();
    if (last_used_at !== null && now - Date.parse(last_used_at) < KEY_USE_NOTED_EVERY_MS) return;
    await this.uow.run(async (unit) => {
      await unit.of(ApiKey).update({ key_id }, { last_used_at: this.clock.iso() });
      await this.journal.write(unit, {
        principal: name,
        mechanism: 'APIKey',
        scope: 'auth:access',
        result: 'success',
        ip,
      });
    });
  }
}

function bearerOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  return /^Bearer +([^\s]+) *$/i.exec(authorization)?.[1];
}
