import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Database, marks } from '../../../database/index.js';
import { Log } from '../../../telemetry/index.js';

/** How late this process sees what another one wrote to a task. */
const POLL_MS = 500;
const ASKED_AT_ONCE = 1_000;

interface Waiter {
  /** The newest event that it knows of. */
  readonly seq: number;
  tell(): void;
}

/** Wakes those who wait for news of a task. It tells only that there may be some: the log says what. */
@Injectable()
export class TaskFeed implements BeforeApplicationShutdown {
  private readonly waiting = new Map<string, Set<Waiter>>();
  private poll: NodeJS.Timeout | undefined;
  private readonly stop = new AbortController();

  constructor(
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  /** Aborted when the process begins to stop. */
  get stopping(): AbortSignal {
    return this.stop.signal;
  }

  /**
   * Call it before looking at the log, so that nothing written in between is missed.
   * @param seq the newest event that is known
   * @returns resolves at the next news, and when `signal` is aborted or the process stops; call `cancel` when it is
   * not waited for
   */
  next(taskId: string, seq: number, signal: AbortSignal): { news: Promise<void>; cancel: () => void } {
    let cancel = (): void => undefined;
    const news = new Promise<void>((resolve) => {
      const waiter: Waiter = {
        seq,
        tell: () => {
          this.leave(taskId, waiter);
          signal.removeEventListener('abort', waiter.tell);
          resolve();
        },
      };
      cancel = waiter.tell;
      if (signal.aborted || this.stopping.aborted) return resolve();
      signal.addEventListener('abort', waiter.tell, { once: true });
      this.join(taskId, waiter);
    });
    return { news, cancel };
  }

  wake(taskId: string): void {
    for (const { tell } of [...(this.waiting.get(taskId) ?? [])]) tell();
  }

  beforeApplicationShutdown(): void {
    this.stop.abort();
    clearTimeout(this.poll);
    for (const taskId of [...this.waiting.keys()]) this.wake(taskId);
  }

  private join(taskId: string, waiter: Waiter): void {
    let waiters = this.waiting.get(taskId);
    if (!waiters) this.waiting.set(taskId, (waiters = new Set()));
    waiters.add(waiter);
    this.pollLater();
  }

  private leave(taskId: string, waiter: Waiter): void {
    const waiters = this.waiting.get(taskId);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.waiting.delete(taskId);
  }

  private pollLater(): void {
    // on SQLite nobody else writes
    if (this.database.dialect !== 'postgres' || this.stopping.aborted) return;
    this.poll ??= setTimeout(() => void this.lookAtOthers(), POLL_MS).unref();
  }

  /** One question for all tasks that are waited for, and only those hear of it that something happened to. */
  private async lookAtOthers(): Promise<void> {
    try {
      const taskIds = [...this.waiting.keys()];
      for (let at = 0; at < taskIds.length; at += ASKED_AT_ONCE)
        await this.tellNewsOf(taskIds.slice(at, at + ASKED_AT_ONCE));
    } catch (error) {
      this.log.warn({ error }, 'the news of A2A tasks could not be read; it is tried again');
    } finally {
      this.poll = undefined;
      if (this.waiting.size > 0) this.pollLater();
    }
  }

  private async tellNewsOf(taskIds: readonly string[]): Promise<void> {
    const rows = await this.database.query(
      `SELECT task_id, last_seq FROM a2a_tasks WHERE task_id IN (${marks(taskIds)})`,
      taskIds,
    );
    const newest = new Map(rows.map(({ task_id, last_seq }) => [task_id as string, Number(last_seq)]));
    for (const taskId of taskIds) {
      // a task that was removed is news too
      const last = newest.get(taskId) ?? Infinity;
      for (const { seq, tell } of [...(this.waiting.get(taskId) ?? [])]) if (seq < last) tell();
    }
  }
}
