import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/index.js';
import { Database, UnitOfWork } from '../../database/index.js';
import { Log } from '../../telemetry/index.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { passwordWeakness } from '../passwords/password-policy.js';
import { type SecretFile, readOrCreateSecret, removeSecret, secretPath } from '../secrets.js';
import { UserStore } from './user-store.js';
import { User } from './user.entity.js';

/** The file in `<dataDir>/secrets` with the first admin's generated password; it goes once that password is changed. */
export const ADMIN_PASSWORD_FILE = 'admin-password';

export interface FirstAdmin {
  readonly email: string;
  /** Whether this start made the account. */
  readonly isNew: boolean;
  /** Where the generated password lies, or undefined where it came from the environment or has been changed since. */
  readonly passwordFile: string | undefined;
}

/** Makes the first admin where there is none, so that a fresh server can be entered. */
@Injectable()
export class AdminBootstrap {
  constructor(
    private readonly settings: Settings,
    private readonly database: Database,
    private readonly uow: UnitOfWork,
    private readonly users: UserStore,
    private readonly hasher: PasswordHasher,
    private readonly log: Log,
  ) {}

  /** Safe to call at every start, and by several processes at once. An admin that exists keeps its password. */
  async ensure(): Promise<FirstAdmin> {
    const email = this.settings.adminEmail;
    const admins = await this.database.of(User).find({ role: 'admin', status: 'active' });
    if (admins.length > 0) return this.standing(admins.find((admin) => admin.email === email) ?? admins[0]!);
    // the file comes before the row: a crash between them leaves a password without an account, which the next start
    // uses
    const file = this.settings.adminPassword === undefined ? this.generatedPassword() : undefined;
    const password = file?.value ?? this.chosenPassword();
    const password_hash = await this.hasher.hash(password);
    const user = await this.uow.run((unit) =>
      this.users.add(unit, { email, password_hash, role: 'admin', display_name: 'Administrator' }),
    );
    if (user) return { email, isNew: true, passwordFile: file?.path };
    if (file?.isNew) await this.removeIfWrong(email, file);
    return this.standing({ email });
  }

  /**
   * Another process was quicker. Where it has a data folder of its own, its password holds and the one made here does
   * not.
   */
  private async removeIfWrong(email: string, { value }: SecretFile): Promise<void> {
    const [admin] = await this.database.of(User).find({ email }, { limit: 1 });
    const isRight = await this.hasher.verify(admin?.password_hash, value);
    if (!isRight) removeSecret(this.settings.dataDir, ADMIN_PASSWORD_FILE);
  }

  private standing({ email }: { email: string }): FirstAdmin {
    const path = secretPath(this.settings.dataDir, ADMIN_PASSWORD_FILE);
    const isBehindFile = email === this.settings.adminEmail && existsSync(path);
    return { email, isNew: false, passwordFile: isBehindFile ? path : undefined };
  }

  private generatedPassword(): SecretFile {
    return readOrCreateSecret(this.settings.dataDir, ADMIN_PASSWORD_FILE, () => randomBytes(18).toString('base64url'));
  }

  private chosenPassword(): string {
    const password = this.settings.adminPassword!;
    const weakness = passwordWeakness(password, this.settings.adminEmail);
    if (weakness) this.log.warn(`HERALD_ADMIN_PASSWORD ${weakness}: it is used all the same, change it soon`);
    return password;
  }
}
