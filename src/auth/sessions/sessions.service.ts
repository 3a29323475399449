import { Injectable } from '@nestjs/common';
import { WallClock, Settings } from '../../config/index.js';
import { Database, type Unit, UnitOfWork } from '../../database/index.js';
import { forbidden, invalid, unauthenticated } from '../../errors/index.js';
import { DoneResponse, Operation, type Principal, type QueryContext } from '../../operations/index.js';
import { PasswordCheck } from '../passwords/password-check.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { passwordWeakness } from '../passwords/password-policy.js';
import { removeSecret } from '../secrets.js';
import { type AuthResult, SecurityJournal } from '../security-events/security-journal.js';
import { ADMIN_PASSWORD_FILE } from '../users/admin-bootstrap.js';
import { UserStore } from '../users/user-store.js';
import { User } from '../users/user.entity.js';
import { SessionStore } from './session-store.js';
import {
  ChangePasswordRequest,
  MeRequest,
  MeResponse,
  RefreshRequest,
  SignInRequest,
  SignOutRequest,
  TokenResponse,
} from './sessions.dto.js';

/** Nobody needs to be signed in to sign in. */
type OpenContext = Omit<QueryContext, 'principal'> & { principal: Principal | undefined };

const UNKNOWN_IP = 'unknown';

/**
 * Signing in and out. These are tasks with units of their own, not commands, because a refusal must leave its trace
 * (a failed attempt, a revoked family) while the caller gets an error.
 */
@Injectable()
export class SessionsService {
  constructor(
    private readonly database: Database,
    private readonly uow: UnitOfWork,
    private readonly clock: WallClock,
    private readonly settings: Settings,
    private readonly passwords: PasswordCheck,
    private readonly hasher: PasswordHasher,
    private readonly sessions: SessionStore,
    private readonly users: UserStore,
    private readonly journal: SecurityJournal,
  ) {}

  @Operation({
    name: 'auth.login',
    permission: null,
    kind: 'task',
    request: SignInRequest,
    response: TokenResponse,
    summary: 'Sign in with email and password',
    rest: 'POST /api/v1/auth/login',
    audience: 'person',
    isPublic: true,
    carriesSecret: true,
  })
  async signIn({ email, password }: SignInRequest, { ip = UNKNOWN_IP }: OpenContext): Promise<TokenResponse> {
    const user = await this.passwords.tryPassword({ email, password, ip, purpose: 'auth:login' });
    if (!user)
      throw unauthenticated(
        'the email or the password is wrong, or sign-in is locked for a while after too many wrong ones',
      );
    // a second factor belongs here: after the password, before the session
    return this.uow.run(async (unit) => {
      await unit.of(User).update({ user_id: user.user_id }, { last_login_at: this.clock.iso() });
      await this.journal.write(unit, {
        principal: user.email,
        mechanism: 'Password',
        scope: 'auth:login',
        result: 'success',
        ip,
      });
      return this.sessions.issue(unit, user);
    });
  }

  @Operation({
    name: 'auth.refresh',
    permission: null,
    kind: 'task',
    request: RefreshRequest,
    response: TokenResponse,
    summary: 'Exchange a refresh token for a new pair; showing a used one again ends the session',
    rest: 'POST /api/v1/auth/refresh',
    audience: 'person',
    isPublic: true,
    carriesSecret: true,
  })
  async refresh({ refresh_token }: RefreshRequest, { ip = UNKNOWN_IP }: OpenContext): Promise<TokenResponse> {
    const answer = await this.uow.run((unit) => this.rotate(unit, refresh_token, ip));
    if (!('refused' in answer)) return answer;
    this.journal.record({
      principal: answer.principal,
      mechanism: 'JWT',
      scope: 'auth:refresh',
      result: answer.refused,
      ip,
    });
    throw unauthenticated('the refresh token is not valid any more; sign in again');
  }

  @Operation({
    name: 'auth.logout',
    permission: null,
    kind: 'command',
    request: SignOutRequest,
    response: DoneResponse,
    summary: 'End one session, or all sessions of the caller',
    rest: { route: 'POST /api/v1/auth/logout', isEmpty: true },
    audience: 'person',
    isPublic: true,
    carriesSecret: true,
  })
  async signOut(
    { refresh_token }: SignOutRequest,
    { unit, principal: caller }: OpenContext & { unit: Unit },
  ): Promise<DoneResponse> {
    if (refresh_token !== undefined) {
      const link = await this.sessions.find(unit, refresh_token);
      // whoever signs out wants it to be over, and over it is, also where the token was never known
      if (link) await this.sessions.end(unit, link);
      return {};
    }
    const { id } = this.signedIn(caller);
    await this.sessions.endAll(unit, id);
    return {};
  }

  @Operation({
    name: 'auth.password',
    permission: null,
    kind: 'task',
    request: ChangePasswordRequest,
    response: TokenResponse,
    summary: 'Change the own password; ends all sessions and starts a new one',
    rest: 'POST /api/v1/auth/password',
    audience: 'person',
    carriesSecret: true,
  })
  async changePassword(request: ChangePasswordRequest, { principal: caller }: OpenContext): Promise<TokenResponse> {
    const { id, ip = UNKNOWN_IP } = this.signedIn(caller);
    const email = (await this.database.of(User).get(id))?.email;
    if (email === undefined) throw unauthenticated('the account does not exist any more');
    const weakness = passwordWeakness(request.new_password, email);
    if (weakness) throw invalid('new_password', weakness);
    const proven = await this.passwords.tryPassword({
      email,
      password: request.current_password,
      ip,
      purpose: 'auth:password',
    });
    if (!proven) throw forbidden('the current password is wrong');
    const password_hash = await this.hasher.hash(request.new_password);
    const answer = await this.uow.run(async (unit) => {
      const user = await this.users.lock(unit, id);
      if (user?.password_hash !== proven.password_hash)
        throw forbidden('the password was changed by somebody else at the same time');
      const changed = await this.users.change(unit, user, { password_hash });
      await this.journal.write(unit, {
        principal: email,
        mechanism: 'Password',
        scope: 'auth:password',
        result: 'success',
        ip,
      });
      return this.sessions.issue(unit, changed);
    });
    if (email === this.settings.adminEmail) removeSecret(this.settings.dataDir, ADMIN_PASSWORD_FILE);
    return answer;
  }

  @Operation({
    name: 'auth.me',
    permission: null,
    kind: 'query',
    request: MeRequest,
    response: MeResponse,
    summary: 'Who the caller is and what it may do',
    rest: 'GET /api/v1/auth/me',
    audience: 'person',
  })
  async me(_: MeRequest, { principal }: OpenContext): Promise<MeResponse> {
    if (!principal) throw unauthenticated('not signed in');
    const { id, kind, name, role = null, scopes } = principal;
    return { id, kind, name, role, scopes: [...scopes].sort() };
  }

  private async rotate(
    unit: Unit,
    token: string,
    ip: string,
  ): Promise<TokenResponse | { refused: AuthResult; principal: string }> {
    const link = await this.sessions.find(unit, token);
    if (!link) return { refused: 'failure', principal: 'unknown' };
    const user = await unit.of(User).get(link.user_id);
    const principal = user?.email ?? link.user_id;
    if (link.used_at !== null) {
      // two parties hold this token, and one of them stole it
      await this.sessions.end(unit, link);
      return { refused: 'denied', principal };
    }
    if (user?.status !== 'active' || link.revoked_at !== null) return { refused: 'denied', principal };
    if (link.expires_at <= this.clock.iso()) return { refused: 'expired', principal };
    await this.journal.write(unit, { principal, mechanism: 'JWT', scope: 'auth:refresh', result: 'success', ip });
    return this.sessions.rotate(unit, user, link);
  }

  private signedIn(caller: Principal | undefined): Principal {
    if (!caller) throw unauthenticated('not signed in');
    if (caller.kind !== 'user') throw forbidden('only a person who is signed in has sessions and a password');
    return caller;
  }
}
