import { EventEmitter } from 'node:events';
import { Worker } from 'node:worker_threads';
import { CLOSE, type PgliteReply, type PgliteWorkerData, pgliteWorkerBody } from './pglite-worker.js';

export interface QueryResult {
  rows: Record<string, unknown>[];
  rowCount: number;
}

type Query = (text: string, params?: readonly unknown[]) => Promise<QueryResult>;

interface Waiting {
  resolve: (result: QueryResult) => void;
  reject: (error: Error) => void;
}

/** Enough for a few thousand small jobs; PGlite's own default of 128 MB costs 130 MB more. */
const SHARED_BUFFERS = '16MB';

/** What BullMQ takes for a client of a `pg.Pool`: statements, and the notifications of the one session there is. */
class PgliteClient extends EventEmitter {
  constructor(
    private readonly pool: PglitePool,
    readonly query: Query,
  ) {
    super();
    this.setMaxListeners(0);
    pool.on('notification', this.forward);
  }

  release(): void {
    this.pool.removeListener('notification', this.forward);
    this.removeAllListeners();
  }

  private readonly forward = (notification: { channel: string; payload: string }): void =>
    void this.emit('notification', notification);
}

/**
 * What BullMQ takes for a `pg.Pool`, over a PGlite in a thread of its own. All statements share one session, which is
 * safe because BullMQ's are single function calls; only its migrations use BEGIN, and they run before anything else.
 * The thread keeps the process alive only while a statement is unanswered.
 */
export class PglitePool extends EventEmitter {
  /** Read by BullMQ: a lost connection would be noticed, so waits may be long. */
  readonly options = { keepAlive: true };
  statements = 0;
  private readonly thread: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 1;
  private ended: Error | undefined;

  /** @param folder where PGlite keeps its files; made if missing */
  constructor(folder: string) {
    super();
    this.setMaxListeners(0);
    const workerData: PgliteWorkerData = { folder, resolveFrom: import.meta.url, sharedBuffers: SHARED_BUFFERS };
    this.thread = new Worker(`(${pgliteWorkerBody.toString()})(require)`, { eval: true, workerData });
    this.thread.unref();
    this.thread.on('message', (reply: PgliteReply) => this.settle(reply));
    this.thread.on('error', (error) => this.fail(error));
    this.thread.on('exit', () => this.fail(new Error('the queue database has ended')));
  }

  readonly query: Query = (text, params) => {
    if (this.ended) return Promise.reject(this.ended);
    this.statements++;
    return new Promise((resolve, reject) => {
      const id = this.nextId++;
      if (this.waiting.size === 0) this.thread.ref();
      this.waiting.set(id, { resolve, reject });
      this.thread.postMessage({ id, text, params });
    });
  };

  async connect(): Promise<PgliteClient> {
    return new PgliteClient(this, this.query);
  }

  /** Waits for the statements that were asked before, then closes the database and ends the thread. */
  async end(): Promise<void> {
    if (this.ended) return;
    const closed = this.query(CLOSE);
    this.ended = new Error('the queue database is closed');
    // a database that did not open cannot close, but its thread must end
    await closed.catch(() => undefined);
    await this.thread.terminate();
  }

  private settle(reply: PgliteReply): void {
    if ('channel' in reply) {
      this.emit('notification', reply);
      return;
    }
    const asked = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if (this.waiting.size === 0) this.thread.unref();
    if ('error' in reply) asked?.reject(Object.assign(new Error(reply.error.message), reply.error));
    else asked?.resolve(reply as unknown as QueryResult);
  }

  private fail(error: Error): void {
    const isExpected = this.ended !== undefined;
    this.ended ??= error;
    for (const { reject } of this.waiting.values()) reject(this.ended);
    this.waiting.clear();
    if (!isExpected && this.listenerCount('error') > 0) this.emit('error', error);
  }
}
