import { Worker } from 'node:worker_threads';

/**
 * Rows changed after which a checkpoint is worth its two syncs: some 25 leads triaged and engaged, a megabyte or two
 * of log.
 */
const CHANGES = 300;

interface CheckpointerData {
  readonly file: string;
  /** A file from which packages resolve. */
  readonly resolveFrom: string;
}

/**
 * Carries SQLite's log over into the database file in a thread of its own. The writer would do it in the commit that
 * fills the log, and then all requests wait 5 to 25 ms for the disk. The writer's own checkpoint stays as a net, for
 * when this falls behind.
 */
export class WalCheckpointer {
  private readonly thread: Worker;
  private changesThen = 0;
  private isRunning = true;

  constructor(file: string) {
    const workerData: CheckpointerData = { file, resolveFrom: import.meta.url };
    // as source text: under jest there is no compiled file to start
    this.thread = new Worker(`(${checkpointerBody.toString()})(require)`, { eval: true, workerData });
    this.thread.unref();
    this.thread.on('exit', () => (this.isRunning = false));
    // without it the writer's own checkpoints remain
    this.thread.on('error', () => (this.isRunning = false));
  }

  /** @param changes rows that the writer has changed since it was opened */
  committed(changes: number): void {
    if (changes - this.changesThen < CHANGES || !this.isRunning) return;
    this.changesThen = changes;
    this.thread.postMessage('checkpoint');
  }

  /** Resolves when its connection is closed, so that the writer can be the last to close and tidy up. */
  async stop(): Promise<void> {
    if (!this.isRunning) return;
    const exited = new Promise((resolve) => this.thread.once('exit', resolve));
    // a process with nothing else to wait for would end before this does
    this.thread.ref();
    this.thread.postMessage('stop');
    await exited;
  }
}

/** Body of the thread; it may use nothing from outside of itself. */
function checkpointerBody(require: NodeJS.Require): void {
  const { parentPort, workerData } = require('node:worker_threads') as typeof import('node:worker_threads');
  const { createRequire } = require('node:module') as typeof import('node:module');
  const { file, resolveFrom } = workerData as CheckpointerData;
  const BetterSqlite3 = createRequire(resolveFrom)('better-sqlite3') as typeof import('better-sqlite3');
  const database = new BetterSqlite3(file, { fileMustExist: true });
  const mostRounds = 3;
  parentPort!.on('message', (message: 'checkpoint' | 'stop') => {
    if (message === 'stop') {
      database.close();
      parentPort!.close();
      return;
    }
    // commits go on meanwhile, and the log starts over only when nothing of it is left to carry
    for (let round = 0; round < mostRounds; round++) {
      const [{ log, checkpointed }] = database.pragma('wal_checkpoint(PASSIVE)') as [
        { log: number; checkpointed: number },
      ];
      if (log === checkpointed) break;
    }
  });
}
