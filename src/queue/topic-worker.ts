import { setImmediate as nextTurn } from 'node:timers/promises';
import { type IQueueBackend, Worker } from 'bullmq';
import type { RegisteredHandler } from './job-handlers.js';
import type { JobProcessor } from './job-processor.js';
import type { OutboxRelay } from './outbox-relay.js';
import type { QueueStore } from './stores/queue-store.js';
import { type EntryData, queueNameOf } from './topic-queues.js';

/** A worker that does not renew its lock for this long is taken for dead. */
const LOCK_MS = 15_000;
const STALLED_CHECK_MS = 10_000;

/** The consuming side of one topic in this process. */
export class TopicWorker {
  private readonly worker: Worker<EntryData, void, string, IQueueBackend>;
  private readonly recording = new Set<Promise<void>>();
  private isClosing = false;

  constructor(
    private readonly topic: string,
    handler: RegisteredHandler,
    private readonly store: QueueStore,
    private readonly processor: JobProcessor,
    private readonly relay: OutboxRelay,
    private readonly onError: (error: Error, topic: string) => void,
  ) {
    this.worker = new Worker(
      queueNameOf(topic),
      (entry) => this.noteAndWork(entry.data),
      {
        connection: store.consumer,
        concurrency: entriesAtOnce(store, handler),
        drainDelay: store.drainDelay,
        lockDuration: LOCK_MS,
        stalledInterval: STALLED_CHECK_MS,
        // a stalled entry fails at once in BullMQ; its jobs are tried again by the rules of the outbox
        maxStalledCount: 0,
      },
      store.backend,
    );
    this.worker.on('failed', (entry, error) => entry && this.recordLost(entry.data.jobIds, error));
    this.worker.on('error', (error) => onError(error, topic));
  }

  /** Takes no more, and resolves when the jobs that run have ended. */
  async close(): Promise<void> {
    this.isClosing = true;
    await this.worker.close();
    await Promise.all(this.recording);
  }

  private async noteAndWork({ jobIds, dueAt }: EntryData): Promise<void> {
    const ended = this.store.running?.note({ topic: this.topic, jobIds });
    try {
      await this.work(jobIds, dueAt);
    } finally {
      ended?.();
      await this.relay.entryEnded(this.topic);
    }
  }

  private async work(jobIds: readonly string[], dueAt: number): Promise<void> {
    for (let open = jobIds; ;) {
      const { failed, left } = await this.processor.process(this.topic, open, dueAt);
      this.relay.settled(this.topic, open.slice(0, open.length - left.length));
      // so that it learns when the next try is due
      if (failed > 0) this.relay.wake([this.topic]);
      if (left.length === 0) return;
      if (this.isClosing) return this.relay.giveBack(this.topic, left);
      open = left;
      // requests are served between two units of an entry
      await nextTurn();
    }
  }

  /** BullMQ gave the entry up: its worker stalled, or the failure of a handler could not be recorded. */
  private recordLost(jobIds: readonly string[], cause: Error): void {
    const error = cause.message.includes('stalled')
      ? new Error('the worker stopped answering while the job ran')
      : cause;
    const recorded = (async () => {
      for (const jobId of jobIds) await this.processor.recordFailure(this.topic, jobId, error);
    })()
      .catch((failure: Error) => this.onError(failure, this.topic))
      .finally(() => {
        this.recording.delete(recorded);
        this.relay.settled(this.topic, jobIds);
        this.relay.wake([this.topic]);
      });
    this.recording.add(recorded);
  }
}

/**
 * On SQLite units run one after another anyway, and a worker that may take several entries asks for the next one
 * before it starts the first, which costs a third of the latency.
 */
export function entriesAtOnce({ kind }: QueueStore, handler: RegisteredHandler): number {
  return kind === 'embedded' && ('run' in handler || 'runMany' in handler) ? 1 : handler.concurrency;
}
