import { Injectable } from '@nestjs/common';
import { WallClock, newId } from '../../config/index.js';
import { Database } from '../../database/index.js';
import { forbidden, invalid, notFound } from '../../errors/index.js';
import { type CommandContext, DEFAULT_PAGE, DoneResponse, Operation, type Principal } from '../../operations/index.js';
import { CredentialCache } from '../guard/credential-cache.js';
import { hashToken, newOpaqueToken } from '../secrets.js';
import { type Scope, scopesBeyond, scopesOfRole } from '../scopes.js';
import { API_KEY_PREFIX, ApiKey, shownPrefix } from './api-key.entity.js';
import {
  ApiKeyPage,
  ApiKeyIdRequest,
  CreateApiKeyRequest,
  ListApiKeysRequest,
  NewApiKeyResponse,
  toApiKeyResponse,
} from './api-keys.dto.js';

/** Keys for programs. A key acts with its own scopes, and never with more than its owner has at that moment. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly database: Database,
    private readonly cache: CredentialCache,
    private readonly wallClock: WallClock,
  ) {}

  @Operation({
    name: 'api_key.list',
    permission: 'keys:read',
    kind: 'query',
    request: ListApiKeysRequest,
    response: ApiKeyPage,
    summary: 'List API keys',
    rest: 'GET /api/v1/api-keys',
  })
  async list({
    limit = DEFAULT_PAGE,
    cursor,
    owner_user_id,
    include_revoked,
  }: ListApiKeysRequest): Promise<ApiKeyPage> {
    const where = {
      ...(owner_user_id !== undefined && { owner_user_id }),
      ...(!include_revoked && { revoked_at: null }),
    };
    const page = await this.database.of(ApiKey).page({ where, limit, cursor });
    return { ...page, items: page.items.map(toApiKeyResponse) };
  }

  // not idempotent by key: a stored answer would keep the secret in clear
  @Operation({
    name: 'api_key.create',
    permission: 'keys:write',
    kind: 'command',
    request: CreateApiKeyRequest,
    response: NewApiKeyResponse,
    summary: 'Make an API key; the answer is the only place that shows it',
    rest: { route: 'POST /api/v1/api-keys', status: 201 },
    carriesSecret: true,
  })
  async create(request: CreateApiKeyRequest, { unit, principal, now }: CommandContext): Promise<NewApiKeyResponse> {
    const scopes = wantedScopes(request);
    const beyond = scopesBeyond(scopes, principal.scopes);
    if (beyond.length > 0)
      throw forbidden(`scopes: the caller cannot grant ${beyond.join(', ')}, which it does not have itself`);
    if (request.expires_at !== undefined && request.expires_at <= this.wallClock.iso())
      throw invalid('expires_at', 'must be in the future');
    const secret = newOpaqueToken(API_KEY_PREFIX);
    const key: ApiKey = {
      key_id: newId('key'),
      name: request.name,
      key_hash: hashToken(secret),
      prefix: shownPrefix(secret),
      scopes,
      role: request.role ?? null,
      owner_user_id: await this.ownerOf(unit, principal),
      expires_at: request.expires_at ?? null,
      revoked_at: null,
      last_used_at: null,
      created_at: now,
    };
    await unit.of(ApiKey).insert(key);
    return { ...toApiKeyResponse(key), key: secret };
  }

  @Operation({
    name: 'api_key.revoke',
    permission: 'keys:write',
    kind: 'command',
    isDestructive: true,
    request: ApiKeyIdRequest,
    response: DoneResponse,
    summary: 'Revoke an API key',
    rest: { route: 'DELETE /api/v1/api-keys/:key_id', isEmpty: true },
    isIdempotent: true,
  })
  async revoke({ key_id }: ApiKeyIdRequest, { unit, now }: CommandContext): Promise<DoneResponse> {
    const key = await unit.of(ApiKey).get(key_id);
    if (!key) throw notFound('API key', key_id);
    await unit.of(ApiKey).update({ key_id, revoked_at: null }, { revoked_at: now });
    unit.afterCommit(() => this.cache.forgetUser(key.owner_user_id));
    return {};
  }

  /** A key made with a key belongs to the same person. */
  private async ownerOf(unit: CommandContext['unit'], principal: Principal): Promise<string> {
    if (principal.kind === 'user') return principal.id;
    const parent = principal.kind === 'api_key' ? await unit.of(ApiKey).get(principal.id) : undefined;
    if (!parent) throw forbidden('a key needs an owner: make it as a signed-in user or with a key of one');
    return parent.owner_user_id;
  }
}

function wantedScopes({ scopes, role }: CreateApiKeyRequest): Scope[] {
  return scopes ? [...new Set(scopes)] : [...scopesOfRole(role!)];
}
