import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Database } from '../../../database/index.js';

/** How late this process sees what another one wrote to a task. */
const POLL_MS = 500;

/** Wakes those who wait for news of a task. It tells only that there may be some: the log says what. */
@Injectable()
export class TaskFeed implements BeforeApplicationShutdown {
  private readonly waiting = new Map<string, Set<() => void>>();
  private poll: NodeJS.Timeout | undefined;
  private readonly stop = new AbortController();

  constructor(private readonly database: Database) {}

  /** Aborted when the process begins to stop. */
  get stopping(): AbortSignal {
    return this.stop.signal;
  }

  /**
   * Call it before looking at the log, so that nothing written in between is missed.
   * @returns resolves at the next news, and when `signal` is aborted or the process stops; call `cancel` when it is not waited for
   */
  next(taskId: string, signal: AbortSignal): { news: Promise<void>; cancel: () => void } {
    let cancel = (): void => undefined;
    const news = new Promise<void>((resolve) => {
      const done = (): void => {
        this.leave(taskId, done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      cancel = done;
      if (signal.aborted || this.stopping.aborted) return resolve();
      signal.addEventListener('abort', done, { once: true });
      this.join(taskId, done);
    });
    return { news, cancel };
  }

  wake(taskId: string): void {
    for (const tell of [...(this.waiting.get(taskId) ?? [])]) tell();
  }

  beforeApplicationShutdown(): void {
    this.stop.abort();
    clearInterval(this.poll);
    this.wakeAll();
  }

  private wakeAll(): void {
    for (const taskId of [...this.waiting.keys()]) this.wake(taskId);
  }

  private join(taskId: string, tell: () => void): void {
    let tellers = this.waiting.get(taskId);
    if (!tellers) this.waiting.set(taskId, (tellers = new Set()));
    tellers.add(tell);
    // on SQLite nobody else writes
    if (this.database.dialect === 'postgres') this.poll ??= setInterval(() => this.wakeAll(), POLL_MS).unref();
  }

  private leave(taskId: string, tell: () => void): void {
    const tellers = this.waiting.get(taskId);
    if (!tellers?.delete(tell) || tellers.size > 0) return;
    this.waiting.delete(taskId);
    if (this.waiting.size > 0) return;
    clearInterval(this.poll);
    this.poll = undefined;
  }
}
