import { Injectable } from '@nestjs/common';
import { Entity, Index } from 'typeorm';
import { WallClock, newId } from '../../config/index.js';
import { Id, lt, Ref, Text, Timestamp, type Unit } from '../../database/index.js';
import { CredentialCache } from '../guard/credential-cache.js';
import { hashToken, newOpaqueToken } from '../secrets.js';
import { scopesOfRole } from '../scopes.js';
import type { User } from '../users/user.entity.js';
import { ACCESS_TOKEN_SECONDS, AccessTokens } from './access-tokens.js';
import type { TokenResponse } from './sessions.dto.js';

/**
 * One link of a chain of rotating refresh tokens. A sign-in starts a family; each refresh uses one link and adds the
 * next.
 */
@Entity('refresh_tokens')
@Index('idx_refresh_tokens_token_hash', ['token_hash'], { unique: true })
@Index('idx_refresh_tokens_family_id', ['family_id'])
@Index('idx_refresh_tokens_user_id', ['user_id'])
export class RefreshToken {
  @Id() token_id!: string;
  @Ref() user_id!: string;
  @Ref() family_id!: string;
  /** SHA-256 of the token in hex; the token itself is never stored. */
  @Text() token_hash!: string;
  @Timestamp() expires_at!: string;
  @Timestamp({ nullable: true }) used_at!: string | null;
  @Timestamp({ nullable: true }) revoked_at!: string | null;
  @Timestamp() created_at!: string;
}

const REFRESH_TOKEN_PREFIX = 'hr';
const REFRESH_TOKEN_MS = 14 * 24 * 3_600_000;

/** A session is a family of refresh tokens; it lives while one of them is neither revoked nor expired. */
@Injectable()
export class SessionStore {
  constructor(
    private readonly clock: WallClock,
    private readonly tokens: AccessTokens,
    private readonly cache: CredentialCache,
  ) {}

  /** Adds a pair of tokens to a session, or starts one where no family is given. */
  async issue(unit: Unit, user: User, familyId = newId('ses')): Promise<TokenResponse> {
    const now = this.clock.now();
    const refreshToken = newOpaqueToken(REFRESH_TOKEN_PREFIX);
    await unit.of(RefreshToken).delete({ user_id: user.user_id, expires_at: lt(now.toISOString()) });
    await unit
      .of(RefreshToken)
      .insert({
        token_id: newId('rt'),
        user_id: user.user_id,
        family_id: familyId,
        token_hash: hashToken(refreshToken),
        expires_at: new Date(now.getTime() + REFRESH_TOKEN_MS).toISOString(),
        used_at: null,
        revoked_at: null,
        created_at: now.toISOString(),
      });
    const scopes = [...scopesOfRole(user.role)];
    return {
      access_token: this.tokens.sign({
        sub: user.user_id,
        sid: familyId,
        role: user.role,
        scopes,
        ver: user.token_version,
      }),
      refresh_token: refreshToken,
      token_type: 'Bearer',
      expires_in: ACCESS_TOKEN_SECONDS,
    };
  }

  async find(unit: Unit, refreshToken: string): Promise<RefreshToken | undefined> {
    return (await unit.of(RefreshToken).find({ token_hash: hashToken(refreshToken) }, { limit: 1, lock: true }))[0];
  }

  /** The link has had its one refresh; the next pair carries the session on. */
  async rotate(unit: Unit, user: User, { token_id, family_id }: RefreshToken): Promise<TokenResponse> {
    await unit.of(RefreshToken).update({ token_id }, { used_at: this.clock.iso() });
    return this.issue(unit, user, family_id);
  }

  /** Ends one session; its access tokens end with it. */
  async end(unit: Unit, { family_id, user_id }: RefreshToken): Promise<void> {
    await unit.of(RefreshToken).update({ family_id, revoked_at: null }, { revoked_at: this.clock.iso() });
    this.forget(unit, user_id);
  }

  /** Ends every session of a user. */
  async endAll(unit: Unit, userId: string): Promise<void> {
    await unit.of(RefreshToken).update({ user_id: userId, revoked_at: null }, { revoked_at: this.clock.iso() });
    this.forget(unit, userId);
  }

  private forget(unit: Unit, userId: string): void {
    unit.afterCommit(() => this.cache.forgetUser(userId));
  }
}
