import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppError, ResourcePort } from '../../../operations/index.js';

/** Looked at for one round, so that many watched addresses do not keep the process busy. */
const MOST_AT_ONCE = 200;
const SILENT = /^(cache|kg):\/\//;

/**
 * Addresses of memory. Writing there is the hot path, which tells no events; whether something has changed is seen by
 * reading again, and only what somebody watches is read.
 */
@Injectable()
export class SilentAddresses {
  /** What each held when it was last read; the one that was read longest ago comes first. */
  private readonly seen = new Map<string, string>();

  constructor(private readonly port: ResourcePort) {}

  /** From here on a change is one against what the address holds now. */
  async begin(uri: string): Promise<void> {
    if (SILENT.test(uri) && !this.seen.has(uri)) this.seen.set(uri, await this.digest(uri));
  }

  /** Nobody looks any more. */
  forget(): void {
    this.seen.clear();
  }

  /** @param watched every address that somebody watches; the others are forgotten */
  async changed(watched: ReadonlySet<string>): Promise<string[]> {
    for (const uri of this.seen.keys()) if (!watched.has(uri)) this.seen.delete(uri);
    for (const uri of watched) await this.begin(uri);
    const changed: string[] = [];
    for (const [uri, before] of [...this.seen].slice(0, MOST_AT_ONCE)) {
      const now = await this.digest(uri);
      this.seen.delete(uri);
      this.seen.set(uri, now);
      if (now !== before) changed.push(uri);
    }
    return changed;
  }

  private async digest(uri: string): Promise<string> {
    try {
      return createHash('sha1')
        .update(JSON.stringify(await this.port.look(uri)))
        .digest('base64');
    } catch (error) {
      // an address that cannot be read has its own answer for whoever reads it
      if (error instanceof AppError) return error.code;
      throw error;
    }
  }
}
