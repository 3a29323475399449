import { Entity, Index } from 'typeorm';
import { Id, Json, Ref, Text, Timestamp } from '../../database/index.js';
import type { Scope, UserRole } from '../scopes.js';

/** What every key begins with. */
export const API_KEY_PREFIX = 'hk';
const SHOWN_CHARACTERS = 10;

/** The part of a key that may be shown and logged: seven characters of the secret say nothing of the other 36. */
export function shownPrefix(key: string): string {
  return key.startsWith(`${API_KEY_PREFIX}_`) ? key.slice(0, SHOWN_CHARACTERS) : 'unknown';
}

@Entity('api_keys')
@Index('idx_api_keys_key_hash', ['key_hash'], { unique: true })
@Index('idx_api_keys_owner_user_id', ['owner_user_id'])
export class ApiKey {
  @Id() key_id!: string;
  @Text() name!: string;
  /** SHA-256 of the whole key in hex; a key has 256 random bits, so a slow hash would add nothing. */
  @Text() key_hash!: string;
  /** The first characters of the key, by which a person recognises it. */
  @Text() prefix!: string;
  @Json() scopes!: Scope[];
  /** The role whose scopes were asked for, where the key was made by role. */
  @Text({ nullable: true }) role!: UserRole | null;
  @Ref() owner_user_id!: string;
  @Timestamp({ nullable: true }) expires_at!: string | null;
  @Timestamp({ nullable: true }) revoked_at!: string | null;
  @Timestamp({ nullable: true }) last_used_at!: string | null;
  @Timestamp() created_at!: string;
}
