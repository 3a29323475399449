import { Choice, Flag, Instant, ListOf, ListRequest, Nested, OneOf, Str } from '../../operations/index.js';
import { ROLES, type Scope, SCOPES, type UserRole } from '../scopes.js';
import type { ApiKey } from './api-key.entity.js';

@OneOf('scopes', 'role')
export class CreateApiKeyRequest {
  @Str({ min: 1, max: 100, example: 'crm-sync' }) name!: string;
  @ListOf('string', {
    values: SCOPES,
    minItems: 1,
    maxItems: SCOPES.length,
    optional: true,
    description: 'Either this or `role`',
  })
  scopes?: Scope[];
  @Choice(ROLES, { optional: true, description: 'All scopes of this role' }) role?: UserRole;
  @Instant({ optional: true, description: 'Never where left out' }) expires_at?: string;
}

export class ApiKeyIdRequest {
  @Str({ min: 1, max: 100 }) key_id!: string;
}

export class ListApiKeysRequest extends ListRequest {
  @Str({ min: 1, max: 100, optional: true }) owner_user_id?: string;
  @Flag({ optional: true, description: 'Also those that were revoked' }) include_revoked?: boolean;
}

export class ApiKeyResponse {
  @Str() key_id!: string;
  @Str() name!: string;
  @Str({ description: 'The first characters of the key' }) prefix!: string;
  @ListOf('string', { values: SCOPES }) scopes!: Scope[];
  @Choice(ROLES, { nullable: true }) role!: UserRole | null;
  @Str() owner_user_id!: string;
  @Instant({ nullable: true }) expires_at!: string | null;
  @Instant({ nullable: true }) revoked_at!: string | null;
  @Instant({ nullable: true, description: 'To within ten minutes' }) last_used_at!: string | null;
  @Instant() created_at!: string;
}

export class NewApiKeyResponse extends ApiKeyResponse {
  @Str({ description: 'The key itself. It is shown here once and kept nowhere.' }) key!: string;
}

export class ApiKeyPage {
  @Nested(() => ApiKeyResponse, { array: true }) items!: ApiKeyResponse[];
  @Str({ nullable: true }) next_cursor!: string | null;
}

export const toApiKeyResponse = (key: ApiKey): ApiKeyResponse => ({
  key_id: key.key_id,
  name: key.name,
  prefix: key.prefix,
  scopes: key.scopes,
  role: key.role,
  owner_user_id: key.owner_user_id,
  expires_at: key.expires_at,
  revoked_at: key.revoked_at,
  last_used_at: key.last_used_at,
  created_at: key.created_at,
});
