import { Entity, Index } from 'typeorm';
import { Id, Int, Text, Timestamp } from '../../database/index.js';
import type { UserRole } from '../scopes.js';

export type UserStatus = 'active' | 'disabled';

@Entity('users')
@Index('idx_users_email', ['email'], { unique: true })
export class User {
  @Id() user_id!: string;
  /** Always lower-case. */
  @Text() email!: string;
  /** Argon2id in PHC form. */
  @Text() password_hash!: string;
  @Text() role!: UserRole;
  @Text() display_name!: string;
  @Text() status!: UserStatus;
  @Int() failed_attempts!: number;
  @Timestamp({ nullable: true }) locked_until!: string | null;
  /** Goes up when the password, role or status changes; access tokens that carry an older one are refused. */
  @Int() token_version!: number;
  @Timestamp() created_at!: string;
  @Timestamp() updated_at!: string;
  @Timestamp({ nullable: true }) last_login_at!: string | null;
  /** For ETag and If-Match. */
  @Int() version!: number;
}
