import { Entity, Index } from 'typeorm';
import { Id, Ref, Text, Timestamp } from '../../database/index.js';

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
