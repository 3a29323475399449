import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { HttpConnection } from './http-connection.js';

export interface LoadTarget {
  readonly port: number;
  /** Sent with each request. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One unit of load over a connection; it throws when the answer is not the one that counts. */
export type Call = (connection: HttpConnection, index: number) => Promise<void>;

/**
 * Closed load: each connection makes its next call when the last one is answered.
 * @returns calls a second, counted after the warm-up
 */
export async function closedLoad(
  target: LoadTarget,
  call: Call,
  { connections, warmUpMs, measureMs }: { connections: number; warmUpMs: number; measureMs: number },
): Promise<number> {
  const opened = await openAll(target, connections);
  const start = performance.now() + warmUpMs;
  const end = start + measureMs;
  let index = 0;
  let counted = 0;
  try {
    await Promise.all(
      opened.map(async (connection) => {
        while (performance.now() < end) {
          await call(connection, index++);
          const now = performance.now();
          if (now >= start && now < end) counted++;
        }
      }),
    );
  } finally {
    for (const connection of opened) connection.close();
  }
  return counted / (measureMs / 1000);
}

/**
 * Open load: calls start on a fixed beat, whether or not earlier ones are answered.
 * @returns each call's milliseconds from the moment it was due, so that waiting for a free connection, or for a
 * server that stalls, counts (no coordinated omission)
 */
export async function constantLoad(
  target: LoadTarget,
  call: Call,
  { perSecond, count, connections }: { perSecond: number; count: number; connections: number },
): Promise<number[]> {
  const opened = await openAll(target, connections);
  const free = [...opened];
  const waiting: number[] = [];
  const latencies: number[] = [];
  const start = performance.now() + 50;
  const dueAt = (index: number): number => start + (index * 1000) / perSecond;
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      for (const connection of opened) connection.close();
    };
    const run = (connection: HttpConnection, index: number): void => {
      call(connection, index).then(
        () => {
          latencies.push(performance.now() - dueAt(index));
          const next = waiting.shift();
          if (next === undefined) free.push(connection);
          else run(connection, next);
          if (latencies.length === count) {
            finish();
            resolve(latencies);
          }
        },
        (error: Error) => {
          finish();
          reject(error);
        },
      );
    };
    void (async () => {
      for (let index = 0; index < count; index++) {
        await until(dueAt(index));
        const connection = free.pop();
        if (connection) run(connection, index);
        else waiting.push(index);
      }
    })();
  });
}

/** Timers are good to a millisecond and may be early, which would make calls look faster than they are. */
async function until(moment: number): Promise<void> {
  const wait = moment - performance.now();
  if (wait > 1) await pause(wait - 1);
  while (performance.now() < moment) await nextTurn();
}

async function openAll({ port, headers }: LoadTarget, count: number): Promise<HttpConnection[]> {
  const opened: HttpConnection[] = [];
  for (let index = 0; index < count; index++) opened.push(await HttpConnection.open(port, headers));
  return opened;
}
