import { Worker } from 'node:worker_threads';
import type { SqlRow } from './connection.js';

interface ReaderData {
  readonly file: string;
  /** A file from which packages resolve. */
  readonly resolveFrom: string;
}

type Answer = { id: number; rows: SqlRow[] } | { id: number; error: string };

/**
 * A read-only connection to the SQLite file in a thread of its own, for questions that go over whole tables: on the
 * main thread nobody would be served until they are answered. Started when it is first asked.
 */
export class ReaderThread {
  private thread: Worker | undefined;
  private lastId = 0;
  private readonly open = new Map<number, { resolve: (rows: SqlRow[]) => void; reject: (error: Error) => void }>();

  constructor(private readonly file: string) {}

  query(sql: string, params: readonly unknown[] = []): Promise<SqlRow[]> {
    const thread = (this.thread ??= this.start());
    const id = ++this.lastId;
    const answer = new Promise<SqlRow[]>((resolve, reject) => this.open.set(id, { resolve, reject }));
    thread.ref();
    thread.postMessage({ id, sql, params });
    return answer;
  }

  async stop(): Promise<void> {
    const { thread } = this;
    this.thread = undefined;
    await thread?.terminate();
  }

  private start(): Worker {
    const workerData: ReaderData = { file: this.file, resolveFrom: import.meta.url };
    // as source text: under jest there is no compiled file to start
    const thread = new Worker(`(${readerBody.toString()})(require)`, { eval: true, workerData });
    thread.unref();
    thread.on('message', (answer: Answer) => this.settle(answer));
    thread.on('error', (error) => this.fail(error));
    thread.on('exit', () => this.fail(new Error('the reader thread has ended')));
    return thread;
  }

  private settle(answer: Answer): void {
    const asked = this.open.get(answer.id);
    this.open.delete(answer.id);
    // an idle thread must not keep the process alive
    if (this.open.size === 0) this.thread?.unref();
    if ('error' in answer) asked?.reject(new Error(answer.error));
    else asked?.resolve(answer.rows);
  }

  /** The thread is gone: those who wait are told, and the next question starts a new one. */
  private fail(error: Error): void {
    this.thread = undefined;
    for (const { reject } of this.open.values()) reject(error);
    this.open.clear();
  }
}

/** Body of the thread; it may use nothing from outside of itself. */
function readerBody(require: NodeJS.Require): void {
  const { parentPort, workerData } = require('node:worker_threads') as typeof import('node:worker_threads');
  const { createRequire } = require('node:module') as typeof import('node:module');
  const { file, resolveFrom } = workerData as ReaderData;
  const BetterSqlite3 = createRequire(resolveFrom)('better-sqlite3') as typeof import('better-sqlite3');
  const database = new BetterSqlite3(file, { readonly: true, timeout: 5_000 });
  // the pages that the main thread's reader has too
  database.pragma(`mmap_size = ${2 ** 30}`);
  parentPort!.on('message', ({ id, sql, params }: { id: number; sql: string; params: unknown[] }) => {
    try {
      parentPort!.postMessage({ id, rows: database.prepare(sql).all(...params) });
    } catch (error) {
      parentPort!.postMessage({ id, error: (error as Error).message });
    }
  });
}
