import { type IQueueBackend, Queue } from 'bullmq';
import { newId } from '../config/index.js';
import type { DueJob } from './outbox-ledger.js';
import type { QueueStore } from './stores/queue-store.js';

/** What a queue entry carries: the ids of its jobs. Payloads stay in the SQL database. */
export interface EntryData {
  jobIds: readonly string[];
  /** When the first of them was due, in milliseconds of the clock. */
  dueAt: number;
}

type Entry = EntryData & { id: string };

type TopicQueue = Queue<EntryData, void, string, EntryData, void, string, IQueueBackend>;

/** BullMQ's own log of events is not used: keep it short. */
const EVENTS_KEPT = 100;
/** On PostgreSQL a bulk add makes temporary tables, which cost as much as a handful of single adds. */
const BULK_FROM = 5;

export const queueNameOf = (topic: string): string => `herald.${topic}`;

/** The adding side: one BullMQ queue per topic. */
export class TopicQueues {
  private readonly queues = new Map<string, TopicQueue>();

  constructor(
    private readonly store: QueueStore,
    private readonly onError: (error: Error, topic: string) => void,
  ) {}

  /** Makes the queues ready, so that the first job of a topic is as quick as the others. */
  async prepare(topics: readonly string[]): Promise<void> {
    await Promise.all(topics.map((topic) => this.queueOf(topic).waitUntilReady()));
  }

  /** Adds each job under its own id, so that one that the queue knows is left as it stands. */
  add(topic: string, jobs: readonly DueJob[]): Promise<void> {
    return this.addEntries(
      topic,
      jobs.map((job) => ({ id: job.jobId, ...entryOf([job]) })),
    );
  }

  /**
   * Adds many as few entries of up to `most` jobs. Jobs that failed before go alone, so that one that takes the process
   * down with it does not count against its neighbours twice.
   */
  addBundled(topic: string, jobs: readonly DueJob[], most: number): Promise<void> {
    if (jobs.length < BULK_FROM) return this.add(topic, jobs);
    const alone = jobs.filter(({ isFirstTry }) => !isFirstTry);
    const fresh = jobs.filter(({ isFirstTry }) => isFirstTry);
    // two entries at least, so that two processes can share the work
    const size = Math.min(most, Math.ceil(fresh.length / 2));
    const bundles = Array.from({ length: Math.ceil(fresh.length / size) || 0 }, (_, index) =>
      fresh.slice(index * size, (index + 1) * size),
    );
    return this.addEntries(topic, [
      ...alone.map((job) => ({ id: job.jobId, ...entryOf([job]) })),
      ...bundles.map(newEntry),
    ]);
  }

  /** Adds entries as they are, each under an id of its own. */
  addNew(topic: string, entries: readonly (readonly DueJob[])[]): Promise<void> {
    return this.addEntries(topic, entries.map(newEntry));
  }

  async close(): Promise<void> {
    await Promise.all([...this.queues.values()].map((queue) => queue.close()));
  }

  private async addEntries(topic: string, entries: readonly Entry[]): Promise<void> {
    const queue = this.queueOf(topic);
    const options = { attempts: 1, removeOnComplete: true, removeOnFail: true };
    if (entries.length >= BULK_FROM) {
      await queue.addBulk(entries.map(({ id, ...data }) => ({ name: topic, data, opts: { ...options, jobId: id } })));
    } else {
      for (const { id, ...data } of entries) await queue.add(topic, data, { ...options, jobId: id });
    }
  }

  private queueOf(topic: string): TopicQueue {
    let queue = this.queues.get(topic);
    if (!queue) {
      const { producer, backend } = this.store;
      queue = new Queue(
        queueNameOf(topic),
        { connection: producer, streams: { events: { maxLen: EVENTS_KEPT } } },
        backend,
      );
      queue.on('error', (error) => this.onError(error, topic));
      this.queues.set(topic, queue);
    }
    return queue;
  }
}

const newEntry = (jobs: readonly DueJob[]): Entry => ({ id: newId('bundle'), ...entryOf(jobs) });

function entryOf(jobs: readonly DueJob[]): EntryData {
  return { jobIds: jobs.map(({ jobId }) => jobId), dueAt: Math.min(...jobs.map(({ dueAt }) => dueAt)) };
}
