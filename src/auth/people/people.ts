import { Injectable } from '@nestjs/common';
import { Clock } from '../../config/index.js';
import type { Reader } from '../../database/index.js';
import type { Principal } from '../../operations/index.js';
import { ApiKey } from '../api-keys/api-key.entity.js';
import { type UserRole, scopesOfRole } from '../scopes.js';
import { User } from '../users/user.entity.js';

/** Somebody who signs in, as other modules see them. */
export interface Person {
  readonly user_id: string;
  readonly name: string;
  readonly email: string;
  readonly role: UserRole;
  /** What they may do now; nothing while they are disabled. */
  readonly scopes: ReadonlySet<string>;
}

const NOTHING: ReadonlySet<string> = new Set();

/** Who works with Herald: how other modules find people and what they may do now. */
@Injectable()
export class People {
  constructor(private readonly clock: Clock) {}

  /** Those of the ids that exist, by id; disabled ones too. */
  async find(reader: Reader, userIds: readonly string[]): Promise<Map<string, Person>> {
    const users = userIds.length === 0 ? [] : await reader.of(User).find({ user_id: [...new Set(userIds)] });
    return new Map(users.map((user) => [user.user_id, personOf(user)]));
  }

  /** Those who can sign in now, in the order of their addresses. */
  async active(reader: Reader): Promise<Person[]> {
    const users = await reader.of(User).find({ status: 'active' }, { order: { email: 'asc' } });
    return users.map(personOf);
  }

  /**
   * What a caller of before may do now: nothing once it is disabled, removed, revoked or has run out. Agents and Herald
   * itself are asked elsewhere: undefined.
   */
  async scopesNow(
    reader: Reader,
    { id, kind }: Pick<Principal, 'id' | 'kind'>,
  ): Promise<ReadonlySet<string> | undefined> {
    if (kind === 'user') return (await this.find(reader, [id])).get(id)?.scopes ?? NOTHING;
    if (kind !== 'api_key') return undefined;
    const key = await reader.of(ApiKey).get(id);
    const hasEnded = key && key.expires_at !== null && key.expires_at <= this.clock.iso();
    if (!key || key.revoked_at !== null || hasEnded) return NOTHING;
    const held = (await this.find(reader, [key.owner_user_id])).get(key.owner_user_id)?.scopes ?? NOTHING;
    return new Set(key.scopes.filter((scope) => held.has(scope)));
  }
}

function personOf({ user_id, display_name, email, role, status }: User): Person {
  const scopes = status === 'active' ? scopesOfRole(role) : NOTHING;
  return { user_id, name: display_name, email, role, scopes };
}
