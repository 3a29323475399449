import { setTimeout as pause } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { SERVER_MAIN, databaseFile } from './kit/bench-data.js';
import { type Bench, figure, repeat } from './kit/bench.js';
import { HttpConnection, signIn } from './kit/http-connection.js';
import { leadBodies } from './kit/lead-requests.js';
import { ADMIN, ServerProcess } from './kit/server-process.js';
import { expectOk } from './rest-triage.js';

const CONNECTIONS = 8;
const MAX_BYTES = 6_144;
const MAX_ROWS = 12;
const SETTLE_TIMEOUT_MS = 240_000;
/** Journals write a quarter of a second later, and relays record what is done in batches. */
const QUIET_MS = 2_000;

interface Filled {
  /** Bytes of content by table or index, without the empty part of its pages. */
  readonly bytes: ReadonlyMap<string, number>;
  readonly rows: ReadonlyMap<string, number>;
}

/**
 * What one lead leaves in the database once it was created, triaged and engaged, and its work is done: the bytes of
 * all tables and indexes with the keys, without the empty part of pages, and the rows.
 */
export const bytesPerLeadBench: Bench = async ({ data, runs, isQuick, seed, say }) => {
  const leads = isQuick ? 500 : 2_000;
  const notes: string[] = [];
  const measured = await repeat(Math.min(runs, 1), async () => {
    const dataDir = data.freshFolder();
    const server = await ServerProcess.start({ main: SERVER_MAIN, dataDir });
    const port = await server.ready();
    const headers = await signIn(port, ADMIN);
    // what the first leads bring once, such as counters of the portfolio, is no one lead's
    await post(port, headers, seed, 'warm', 20);
    await settled(databaseFile(dataDir));
    const before = measure(databaseFile(dataDir));
    await post(port, headers, seed, 'lead', leads);
    await settled(databaseFile(dataDir));
    const after = measure(databaseFile(dataDir));
    await server.stop();
    data.remove(dataDir);
    const bytes = grown(before.bytes, after.bytes, leads);
    const rows = grown(before.rows, after.rows, leads);
    notes.push(...table('bytes a lead', bytes), ...table('rows a lead', rows));
    say(`bytes-per-lead: ${leads} leads`);
    return { bytes: sum(bytes), rows: sum(rows) };
  });
  return {
    bench: 'bytes-per-lead',
    what: `what a lead that was created, triaged and engaged over REST leaves in SQLite (${leads} leads, their work done)`,
    figures: [
      figure('bytes a lead', 'B', measured.bytes, { below: MAX_BYTES }),
      figure('rows a lead', 'rows', measured.rows, { below: MAX_ROWS + 0.5 }),
    ],
    limits: [],
    notes,
  };
};

async function post(
  port: number,
  headers: Readonly<Record<string, string>>,
  seed: number,
  name: string,
  leads: number,
): Promise<void> {
  const bodyOf = leadBodies(seed);
  let next = 0;
  const one = async (): Promise<void> => {
    const connection = await HttpConnection.open(port, headers);
    for (let index = next++; index < leads; index = next++) {
      const body = { ...bodyOf(index), email: `bytes-${name}-${index}@example.com` };
      const created = await connection.request('POST', '/api/v1/leads', body);
      expectOk(created);
      const { lead_id } = JSON.parse(created.body) as { lead_id: string };
      expectOk(await connection.request('POST', `/api/v1/leads/${lead_id}/triage`, { priority: 'medium' }));
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, one));
}

/** Waits until all that is due is done and nothing is written any more. */
async function settled(file: string): Promise<void> {
  const deadline = performance.now() + SETTLE_TIMEOUT_MS;
  const database = new BetterSqlite3(file, { readonly: true });
  const due = database
    .prepare(
      `SELECT (SELECT COUNT(*) FROM outbox WHERE status IN ('open', 'enqueued') AND available_at <= ?)
         + (SELECT COUNT(*) FROM decisions WHERE packed IS NULL AND subject_type = 'lead')`,
    )
    .pluck();
  try {
    // decisions are packed by the minute
    while ((due.get(new Date().toISOString()) as number) > 0) {
      if (performance.now() > deadline) throw new Error(`work is left after ${SETTLE_TIMEOUT_MS} ms`);
      await pause(100);
    }
  } finally {
    database.close();
  }
  await pause(QUIET_MS);
}

function measure(file: string): Filled {
  const database = new BetterSqlite3(file, { readonly: true });
  const bytes = database.prepare(`SELECT name, SUM(payload) + SUM(ncell) * 4 AS n FROM dbstat GROUP BY name`).all() as {
    name: string;
    n: number;
  }[];
  const tables = database
    .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
    .pluck()
    .all() as string[];
  const rows = tables.map((name): [string, number] => [
    name,
    database.prepare(`SELECT COUNT(*) FROM "${name}"`).pluck().get() as number,
  ]);
  database.close();
  return { bytes: new Map(bytes.map(({ name, n }) => [name, n])), rows: new Map(rows) };
}

function grown(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  leads: number,
): Map<string, number> {
  return new Map([...after].map(([name, n]) => [name, (n - (before.get(name) ?? 0)) / leads]));
}

const sum = (values: ReadonlyMap<string, number>): number => [...values.values()].reduce((all, n) => all + n, 0);

function table(title: string, values: ReadonlyMap<string, number>): string[] {
  const shown = [...values].filter(([, n]) => n >= 0.05).sort(([, a], [, b]) => b - a);
  return [`${title}:`, ...shown.map(([name, n]) => `  ${n.toFixed(n < 100 ? 2 : 0).padStart(8)}  ${name}`)];
}
