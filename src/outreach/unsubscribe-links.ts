import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { readOrCreateSecret } from '../auth/index.js';
import { Settings } from '../config/index.js';
import { type UnsubscribeClaim, makeUnsubscribeToken, readUnsubscribeToken } from './unsubscribe-token.js';

/** Makes and reads the links by which a recipient opts out. */
@Injectable()
export class UnsubscribeLinks {
  private secret: string | undefined;

  constructor(private readonly settings: Settings) {}

  urlFor(claim: UnsubscribeClaim): string {
    return `${this.settings.publicUrl}/unsubscribe/${makeUnsubscribeToken(this.key, claim)}`;
  }

  /** What the token says, or null if it is not one of ours. */
  read(token: string): UnsubscribeClaim | null {
    return readUnsubscribeToken(this.key, token);
  }

  /** The secret that all processes share where one is set, else one kept in the data folder. */
  private get key(): string {
    const { jwtSecret, dataDir } = this.settings;
    return (this.secret ??=
      jwtSecret ?? readOrCreateSecret(dataDir, 'unsubscribe-key', () => randomBytes(32).toString('base64url')).value);
  }
}
