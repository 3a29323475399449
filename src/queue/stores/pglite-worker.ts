import type { MessagePort } from 'node:worker_threads';

export interface PgliteRequest {
  id: number;
  /** 'close' ends the database and the thread. */
  text: string;
  params: readonly unknown[] | undefined;
}

export type PgliteReply =
  | { id: number; rows: unknown[]; rowCount: number }
  | { id: number; error: { message: string; code?: string; detail?: string } }
  | { channel: string; payload: string };

export interface PgliteWorkerData {
  folder: string;
  /** A file from which packages resolve. */
  resolveFrom: string;
  sharedBuffers: string;
}

export const CLOSE = '\0close';

/**
 * Body of the thread that hosts PGlite, whose WebAssembly would otherwise keep the event loop of HTTP for 1–2 ms a
 * statement. Its source text is started with `eval` (see PglitePool), because a thread's file would have to exist
 * both as built JavaScript and, under jest, as TypeScript that nothing compiles there. So it may use nothing from
 * outside of itself.
 */
export function pgliteWorkerBody(require: NodeJS.Require): void {
  const { parentPort, workerData } = require('node:worker_threads') as {
    parentPort: MessagePort;
    workerData: PgliteWorkerData;
  };
  const { createRequire } = require('node:module') as typeof import('node:module');
  const { PGlite } = createRequire(workerData.resolveFrom)(
    '@electric-sql/pglite',
  ) as typeof import('@electric-sql/pglite');
  const opened = PGlite.create({
    dataDir: workerData.folder,
    startParams: [...PGlite.defaultStartParams, '-c', `shared_buffers=${workerData.sharedBuffers}`],
  }).then((database) => {
    database.onNotification((channel, payload) => parentPort.postMessage({ channel, payload }));
    return database;
  });
  opened.catch(() => undefined);

  const answer = async ({ id, text, params }: PgliteRequest): Promise<void> => {
    try {
      const database = await opened;
      if (text === '\0close') {
        await database.close();
        parentPort.postMessage({ id, rows: [], rowCount: 0 });
        parentPort.close();
        return;
      }
      const result = params?.length
        ? await database.query(text, params as unknown[])
        : (await database.exec(text)).at(-1);
      parentPort.postMessage({
        id,
        rows: result?.rows ?? [],
        rowCount: result?.affectedRows ?? result?.rows.length ?? 0,
      });
    } catch (error) {
      const { message, code, detail } = error as { message: string; code?: string; detail?: string };
      parentPort.postMessage({ id, error: { message, code, detail } });
    }
  };
  // one statement after the other: they share one session
  let last: Promise<void> = Promise.resolve();
  parentPort.on('message', (request: PgliteRequest) => (last = last.then(() => answer(request))));
}
