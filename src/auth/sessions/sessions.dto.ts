import { Choice, Email, IntNum, ListOf, Str } from '../../operations/index.js';
import { PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH } from '../passwords/password-policy.js';
import { ROLES, SCOPES } from '../scopes.js';

export class SignInRequest {
  @Email({ example: 'admin@herald.local' }) email!: string;
  @Str({ min: 1, max: PASSWORD_MAX_LENGTH }) password!: string;
}

export class RefreshRequest {
  @Str({ min: 1, max: 200 }) refresh_token!: string;
}

export class SignOutRequest {
  @Str({
    min: 1,
    max: 200,
    optional: true,
    description: 'Ends this session only. Without it all sessions of the caller end.',
  })
  refresh_token?: string;
}

export class ChangePasswordRequest {
  @Str({ min: 1, max: PASSWORD_MAX_LENGTH }) current_password!: string;
  @Str({ min: PASSWORD_MIN_LENGTH, max: PASSWORD_MAX_LENGTH }) new_password!: string;
}

export class TokenResponse {
  @Str() access_token!: string;
  @Str({ description: 'Good for one refresh; the answer to it holds the next one.' }) refresh_token!: string;
  @Choice(['Bearer']) token_type!: 'Bearer';
  @IntNum({ min: 1, description: 'Seconds for which the access token is good.' }) expires_in!: number;
}

export class MeRequest {}

export class MeResponse {
  @Str() id!: string;
  @Choice(['user', 'api_key', 'agent', 'system']) kind!: string;
  @Str() name!: string;
  @Choice(ROLES, { nullable: true }) role!: string | null;
  @ListOf('string', { values: SCOPES }) scopes!: string[];
}
