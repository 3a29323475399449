import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { WallClock } from '../../config/index.js';
import type { Principal } from '../../operations/index.js';

/** Who a credential stands for, as far as it has been checked. */
export interface Credential {
  readonly principal: Principal;
  /** The user behind it: the one who signed in, or the owner of the key. */
  readonly userId: string;
  /** Milliseconds at which the credential itself ends; Infinity where it does not. */
  readonly endsAt: number;
}

interface Entry extends Credential {
  readonly goodUntil: number;
}

/** Another process's revocation is seen after at most this long; this process's own at once. */
const TTL_MS = 5_000;
const MOST_ENTRIES = 10_000;

/**
 * Credentials that were checked a moment ago, by the hash of their text, so that a busy caller costs one look into the
 * database every few seconds. Bounded; the one that was used longest ago goes first.
 */
@Injectable()
export class CredentialCache {
  private readonly entries = new LRUCache<string, Entry>({ max: MOST_ENTRIES });
  private forgets = 0;
  private readonly listeners: ((userId: string) => void)[] = [];

  constructor(private readonly clock: WallClock) {}

  get(hash: string): Credential | undefined {
    const entry = this.entries.get(hash);
    return entry && this.clock.now().getTime() < entry.goodUntil ? entry : undefined;
  }

  /**
   * Checks a credential with `check` and keeps the answer. It is not kept where something was revoked while the check
   * was under way, for the check may have read the state before.
   */
  async remember(hash: string, check: () => Promise<Credential>): Promise<Credential> {
    const { forgets } = this;
    const credential = await check();
    if (forgets !== this.forgets) return credential;
    this.entries.set(hash, {
      ...credential,
      goodUntil: Math.min(this.clock.now().getTime() + TTL_MS, credential.endsAt),
    });
    return credential;
  }

  /** Told of each user whose credentials are to be checked anew. */
  onForget(listener: (userId: string) => void): void {
    this.listeners.push(listener);
  }

  /** Every token and key of a user is checked anew from here on. */
  forgetUser(userId: string): void {
    this.forgets++;
    for (const [hash, entry] of this.entries) if (entry.userId === userId) this.entries.delete(hash);
    for (const listener of this.listeners) listener(userId);
  }
}
