import { Injectable } from '@nestjs/common';
import { Database } from '../../database/index.js';
import { conflict, forbidden, invalid, notFound } from '../../errors/index.js';
import {
  type CommandContext,
  DEFAULT_PAGE,
  DoneResponse,
  Operation,
  type Principal,
  checkVersion,
} from '../../operations/index.js';
import { ApiKey } from '../api-keys/api-key.entity.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { passwordWeakness } from '../passwords/password-policy.js';
import { type UserRole, scopesBeyond, scopesOfRole } from '../scopes.js';
import { UserStore } from './user-store.js';
import { User } from './user.entity.js';
import {
  CreateUserRequest,
  ListUsersRequest,
  UpdateUserRequest,
  UserPage,
  UserIdRequest,
  UserResponse,
  toUserResponse,
} from './users.dto.js';

/** Accounts of people and services. Nobody can touch an account that may do more than they may themselves. */
@Injectable()
export class UsersService {
  constructor(
    private readonly database: Database,
    private readonly users: UserStore,
    private readonly hasher: PasswordHasher,
  ) {}

  @Operation({
    name: 'user.list',
    permission: 'users:read',
    kind: 'query',
    request: ListUsersRequest,
    response: UserPage,
    summary: 'List users',
    rest: 'GET /api/v1/users',
  })
  async list({ limit = DEFAULT_PAGE, cursor, role, status, email }: ListUsersRequest): Promise<UserPage> {
    const where = { ...(role && { role }), ...(status && { status }), ...(email && { email: email.toLowerCase() }) };
    const page = await this.database.of(User).page({ where, limit, cursor });
    return { ...page, items: page.items.map(toUserResponse) };
  }

  @Operation({
    name: 'user.get',
    permission: 'users:read',
    kind: 'query',
    request: UserIdRequest,
    response: UserResponse,
    summary: 'Read a user',
    rest: { route: 'GET /api/v1/users/:user_id', hasEtag: true },
  })
  async get({ user_id }: UserIdRequest): Promise<UserResponse> {
    const user = await this.database.of(User).get(user_id);
    if (!user) throw notFound('user', user_id);
    return toUserResponse(user);
  }

  // not idempotent by key, as the stored request's hash would let the password be guessed; the email is unique anyway
  @Operation({
    name: 'user.create',
    permission: 'users:write',
    kind: 'command',
    request: CreateUserRequest,
    response: UserResponse,
    summary: 'Add a user',
    rest: { route: 'POST /api/v1/users', status: 201, hasEtag: true },
    carriesSecret: true,
  })
  async create(
    { email, password, role, display_name }: CreateUserRequest,
    { unit, principal }: CommandContext,
  ): Promise<UserResponse> {
    refuseBeyond(principal, role);
    refuseWeak('password', password, email);
    const password_hash = await this.hasher.hash(password);
    const user = await this.users.add(unit, { email, password_hash, role, display_name: display_name ?? email });
    if (!user) throw conflict('email_taken', 'email: there is a user with this address already');
    return toUserResponse(user);
  }

  @Operation({
    name: 'user.update',
    permission: 'users:write',
    kind: 'command',
    request: UpdateUserRequest,
    response: UserResponse,
    summary: 'Change the role, status, name or password of a user',
    rest: { route: 'PATCH /api/v1/users/:user_id', hasEtag: true },
    carriesSecret: true,
    isIdempotent: true,
  })
  async update(
    { user_id, password, ...changes }: UpdateUserRequest,
    { unit, principal, ifMatch }: CommandContext,
  ): Promise<UserResponse> {
    const user = await this.findForChange(unit, user_id, principal);
    checkVersion(ifMatch, user.version);
    if (changes.role) refuseBeyond(principal, changes.role);
    if (password !== undefined) refuseWeak('password', password, user.email);
    const patch = { ...changes, ...(password !== undefined && { password_hash: await this.hasher.hash(password) }) };
    return toUserResponse(await this.users.change(unit, user, patch));
  }

  @Operation({
    name: 'user.delete',
    permission: 'users:write',
    kind: 'command',
    isDestructive: true,
    request: UserIdRequest,
    response: DoneResponse,
    summary: 'Remove a user; its sessions end and its keys are revoked',
    rest: { route: 'DELETE /api/v1/users/:user_id', isEmpty: true },
    isIdempotent: true,
  })
  async remove({ user_id }: UserIdRequest, { unit, principal, now, ifMatch }: CommandContext): Promise<DoneResponse> {
    const user = await this.findForChange(unit, user_id, principal);
    checkVersion(ifMatch, user.version);
    await this.users.remove(unit, user);
    await unit.of(ApiKey).update({ owner_user_id: user_id, revoked_at: null }, { revoked_at: now });
    return {};
  }

  private async findForChange(unit: CommandContext['unit'], userId: string, principal: Principal): Promise<User> {
    const user = await this.users.lock(unit, userId);
    if (!user) throw notFound('user', userId);
    refuseBeyond(principal, user.role);
    return user;
  }
}

function refuseBeyond({ scopes }: Principal, role: UserRole): void {
  const [missing] = scopesBeyond(scopesOfRole(role), scopes);
  if (missing) throw forbidden(`the role "${role}" carries the scope ${missing}, which the caller does not have`);
}

function refuseWeak(path: string, password: string, email: string): void {
  const weakness = passwordWeakness(password, email);
  if (weakness) throw invalid(path, weakness);
}
