import { Choice, Email, Instant, IntNum, ListRequest, Nested, Str } from '../../operations/index.js';
import { PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH } from '../passwords/password-policy.js';
import { ROLES, type UserRole } from '../scopes.js';
import type { User, UserStatus } from './user.entity.js';

const STATUSES: readonly UserStatus[] = ['active', 'disabled'];

export class CreateUserRequest {
  @Email({ example: 'ana@example.com' }) email!: string;
  @Str({ min: PASSWORD_MIN_LENGTH, max: PASSWORD_MAX_LENGTH }) password!: string;
  @Choice(ROLES) role!: UserRole;
  @Str({ min: 1, max: 200, optional: true, description: 'The email address where left out' }) display_name?: string;
}

export class UserIdRequest {
  @Str({ min: 1, max: 100 }) user_id!: string;
}

export class UpdateUserRequest extends UserIdRequest {
  @Choice(ROLES, { optional: true }) role?: UserRole;
  @Choice(STATUSES, { optional: true, description: 'A disabled user cannot sign in, and its keys do not work' })
  status?: UserStatus;
  @Str({ min: 1, max: 200, optional: true }) display_name?: string;
  @Str({
    min: PASSWORD_MIN_LENGTH,
    max: PASSWORD_MAX_LENGTH,
    optional: true,
    description: 'Ends all sessions of the user',
  })
  password?: string;
}

export class ListUsersRequest extends ListRequest {
  @Choice(ROLES, { optional: true }) role?: UserRole;
  @Choice(STATUSES, { optional: true }) status?: UserStatus;
  @Email({ optional: true }) email?: string;
}

export class UserResponse {
  @Str() user_id!: string;
  @Str() email!: string;
  @Choice(ROLES) role!: UserRole;
  @Str() display_name!: string;
  @Choice(STATUSES) status!: UserStatus;
  @Instant({ nullable: true, description: 'Until then sign-in is refused, after too many wrong passwords' })
  locked_until!: string | null;
  @Instant() created_at!: string;
  @Instant() updated_at!: string;
  @Instant({ nullable: true }) last_login_at!: string | null;
  @IntNum({ min: 1 }) version!: number;
}

export class UserPage {
  @Nested(() => UserResponse, { array: true }) items!: UserResponse[];
  @Str({ nullable: true }) next_cursor!: string | null;
}

export const toUserResponse = (user: User): UserResponse => ({
  user_id: user.user_id,
  email: user.email,
  role: user.role,
  display_name: user.display_name,
  status: user.status,
  locked_until: user.locked_until,
  created_at: user.created_at,
  updated_at: user.updated_at,
  last_login_at: user.last_login_at,
  version: user.version,
});
