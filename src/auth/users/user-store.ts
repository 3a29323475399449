import { Injectable } from '@nestjs/common';
import { Clock, newId } from '../../config/index.js';
import type { Unit } from '../../database/index.js';
import { conflict } from '../../errors/index.js';
import { SessionStore } from '../sessions/session-store.js';
import { User } from './user.entity.js';

type NewUser = Pick<User, 'email' | 'password_hash' | 'role' | 'display_name'>;
type UserPatch = Partial<Pick<User, 'password_hash' | 'role' | 'status' | 'display_name'>>;

/** Writes users so that what hangs on them (sessions, versions, the last admin) stays true. */
@Injectable()
export class UserStore {
  constructor(
    private readonly clock: Clock,
    private readonly sessions: SessionStore,
  ) {}

  /** @returns undefined where the email is taken */
  async add(unit: Unit, { email, ...rest }: NewUser): Promise<User | undefined> {
    const now = this.clock.iso();
    const user: User = {
      user_id: newId('usr'),
      email: email.toLowerCase(),
      ...rest,
      status: 'active',
      failed_attempts: 0,
      locked_until: null,
      token_version: 1,
      created_at: now,
      updated_at: now,
      last_login_at: null,
      version: 1,
    };
    return (await unit.of(User).insertNew(user)) === 1 ? user : undefined;
  }

  /** The user as it stands, kept from other writers until the unit ends. */
  async lock(unit: Unit, userId: string): Promise<User | undefined> {
    return (await unit.of(User).find({ user_id: userId }, { limit: 1, lock: true }))[0];
  }

  /**
   * Changes a user. A new password, role or status ends all sessions; a new password also lifts a lock.
   * @throws AppError conflict where no active admin would be left
   */
  async change(unit: Unit, user: User, patch: UserPatch): Promise<User> {
    const isNewPassword = patch.password_hash !== undefined;
    const isNewRole = patch.role !== undefined && patch.role !== user.role;
    const isNewStatus = patch.status !== undefined && patch.status !== user.status;
    if (isNewRole || isNewStatus) await this.refuseLastAdmin(unit, user, { ...user, ...patch });
    const endsSessions = isNewPassword || isNewRole || isNewStatus;
    const changes = {
      ...patch,
      ...(isNewPassword && { failed_attempts: 0, locked_until: null }),
      ...(endsSessions && { token_version: user.token_version + 1 }),
      updated_at: this.clock.iso(),
      version: user.version + 1,
    };
    await unit.of(User).update({ user_id: user.user_id }, changes);
    if (endsSessions) await this.sessions.endAll(unit, user.user_id);
    return { ...user, ...changes };
  }

  /** @throws AppError conflict where no active admin would be left */
  async remove(unit: Unit, user: User): Promise<void> {
    await this.refuseLastAdmin(unit, user, undefined);
    await this.sessions.endAll(unit, user.user_id);
    await unit.of(User).delete({ user_id: user.user_id });
  }

  private async refuseLastAdmin(unit: Unit, before: User, after: User | undefined): Promise<void> {
    if (!isActiveAdmin(before) || (after && isActiveAdmin(after))) return;
    // locked in one order, so that two admins who demote each other do it one after the other
    const admins = await unit
      .of(User)
      .find({ role: 'admin', status: 'active' }, { order: { user_id: 'asc' }, lock: true });
    if (admins.every(({ user_id }) => user_id === before.user_id)) {
      throw conflict('last_admin', 'this is the last active admin; make another one first');
    }
  }
}

function isActiveAdmin({ role, status }: User): boolean {
  return role === 'admin' && status === 'active';
}
