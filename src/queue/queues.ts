import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Settings } from '../config/index.js';
import { HealthRegistry, Log } from '../telemetry/index.js';
import { InProcessCarrier } from './in-process-carrier.js';
import { JobHandlers } from './job-handlers.js';
import { JobProcessor } from './job-processor.js';
import { OutboxLedger, type OutboxStatusReport } from './outbox-ledger.js';
import { OutboxRelay, type RelayTarget } from './outbox-relay.js';
import { QueueFolderInUseError } from './stores/embedded-store.js';
import { openQueueStore, storeKindOf } from './stores/open-queue-store.js';
import type { QueueStore, QueueStoreKind, RunningJobs } from './stores/queue-store.js';
import { TopicQueues } from './topic-queues.js';
import { TopicWorker, entriesAtOnce } from './topic-worker.js';

/** Running jobs may end before the process does, up to this. What is cut off runs again after the restart. */
const LONGEST_CLOSE_MS = 5_000;
const IDLE_POLL_MS = 20;

interface OpenQueues {
  store: QueueStore;
  queues: TopicQueues;
  workers: TopicWorker[];
}

/**
 * The queue of this process: opens the store, runs relay and workers as the role asks, and closes them again. There
 * is one BullMQ queue per topic, so that topics do not wait for each other.
 */
@Injectable()
export class Queues implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private opened: OpenQueues | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly handlers: JobHandlers,
    private readonly relay: OutboxRelay,
    private readonly ledger: OutboxLedger,
    private readonly processor: JobProcessor,
    private readonly health: HealthRegistry,
    private readonly log: Log,
  ) {}

  get storeKind(): QueueStoreKind {
    return storeKindOf(this.settings);
  }

  /** Whether this process has the store open, and so relays. */
  get isOpen(): boolean {
    return this.opened !== undefined;
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.settings.queueMode === 'off') return;
    try {
      await this.open();
    } catch (error) {
      if (!(error instanceof QueueFolderInUseError) || this.settings.queueMode !== 'if-free') throw error;
      this.log.info('another process works on the queue of this data folder: this one only adds to the outbox');
    }
  }

  /** Before the database closes: first nothing new, then what runs ends, then the store. */
  async beforeApplicationShutdown(): Promise<void> {
    if (!this.opened) return;
    const { store, queues, workers } = this.opened;
    this.opened = undefined;
    await this.relay.stop();
    await inTime(Promise.all(workers.map((worker) => worker.close())));
    await queues.close();
    await inTime(store.close());
  }

  /**
   * Resolves when no work of this process's topics is due or under way, whoever does it.
   * @param withinMs counts work that falls due within so many milliseconds as due, such as the retries of failed jobs
   * @throws Error when that takes longer than `timeoutMs`
   */
  async idle({ withinMs = 0, timeoutMs = Infinity } = {}): Promise<void> {
    const started = performance.now();
    for (;;) {
      if (!(await this.ledger.isBusy(this.handlers.topics, withinMs))) return;
      if (performance.now() - started > timeoutMs) throw new Error(`the queue still had work after ${timeoutMs} ms`);
      await pause(IDLE_POLL_MS);
    }
  }

  /**
   * Runs `work` while this process starts nothing new from the outbox: bulk work is done sooner when what follows
   * from it waits.
   */
  hold<T>(work: () => Promise<T>): Promise<T> {
    return this.relay.hold(work);
  }

  /** What the outbox holds, by topic and status, and how far behind the work is. */
  status(): Promise<OutboxStatusReport> {
    return this.ledger.report();
  }

  private async open(): Promise<void> {
    const { topics } = this.handlers;
    const hasWorkers = this.settings.role !== 'api';
    const onError = (error: Error, topic?: string): void =>
      this.log.error({ error, topic }, 'the queue reports an error');
    const store = await openQueueStore({ settings: this.settings, workers: hasWorkers ? topics.length : 0, onError });
    const queues = new TopicQueues(store, onError);
    this.opened = { store, queues, workers: [] };
    this.health.register('queue', () => this.ping());
    await queues.prepare(topics);
    for (const jobs of store.running?.interrupted ?? []) await this.recordInterrupted(jobs);
    await this.relay.start(topics, store.kind === 'embedded' ? this.carrierTo(store, queues) : this.bundlesTo(queues));
    if (!hasWorkers) return;
    this.opened.workers = topics.map(
      (topic) => new TopicWorker(topic, this.handlers.get(topic)!, store, this.processor, this.relay, onError),
    );
  }

  private bundlesTo(queues: TopicQueues): RelayTarget {
    return {
      enqueue: (topic, jobs) => queues.addBundled(topic, jobs, this.handlers.get(topic)!.most),
      offerAgain: (topic, jobs) => queues.add(topic, jobs),
    };
  }

  private carrierTo(store: QueueStore, queues: TopicQueues): RelayTarget {
    const carrier = new InProcessCarrier({
      limitsOf: (topic) => {
        const handler = this.handlers.get(topic)!;
        return { entries: entriesAtOnce(store, handler), jobs: handler.most };
      },
      add: (topic, entries) => queues.addNew(topic, entries),
    });
    return {
      enqueue: (topic, jobs) => carrier.enqueue(topic, jobs),
      offerAgain: (topic, jobs) => carrier.enqueue(topic, jobs),
      held: (topic) => carrier.held(topic),
      settled: (topic, jobIds) => carrier.settled(topic, jobIds),
      entryEnded: (topic) => carrier.entryEnded(topic),
      giveUp: () => carrier.giveUp(),
    };
  }

  private async recordInterrupted({ topic, jobIds }: RunningJobs): Promise<void> {
    if (!this.handlers.get(topic)) return;
    const error = new Error('the process ended while the job ran');
    for (const jobId of jobIds) await this.processor.recordFailure(topic, jobId, error, { isDueAtOnce: true });
  }

  private async ping(): Promise<void> {
    if (!this.opened) throw new Error('the queue is closed');
    await this.opened.store.ping();
  }
}

/** Resolves with the work, or when the time for a good-bye is over. */
async function inTime(work: Promise<unknown>): Promise<void> {
  const timer = new AbortController();
  const late = pause(LONGEST_CLOSE_MS, undefined, { signal: timer.signal }).catch(() => undefined);
  await Promise.race([work, late]);
  timer.abort();
}
