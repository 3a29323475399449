import { rmSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { createRandom } from '../src/config/index.js';
import { startBareServer } from './kit/bare-server.js';
import { SERVER_MAIN, databaseFile } from './kit/bench-data.js';
import { type Bench, figure, repeat } from './kit/bench.js';
import { percentile } from './kit/figures.js';
import { signIn } from './kit/http-connection.js';
import { type Call, closedLoad, constantLoad } from './kit/load.js';
import { expectOk } from './rest-triage.js';
import { ADMIN, ServerProcess } from './kit/server-process.js';

/** Of what the bare server carries: the share at which latency is looked at. */
const SHARE = 0.2;
const CONNECTIONS = 64;
const WARM_UP = 200;

/**
 * POST /api/v1/leads/{leadId}/triage on a fixed beat, each lead once; latency counts from the moment a request was
 * due. The beat is a share of what the bare server carries in the same run.
 */
export const triageLatencyBench: Bench = async ({ data, runs, isQuick, seed, say }) => {
  const seconds = isQuick ? 5 : 20;
  const like = await data.workedOn();
  const measured = await repeat(runs, async (run) => {
    const dataDir = await data.importedFolder();
    const leads = shuffledLeads(databaseFile(dataDir), seed + run);
    const triage = triageOf(leads);
    const capacity = await withBareServer(like, dataDir, (port) =>
      closedLoad({ port }, triage, { connections: CONNECTIONS, warmUpMs: 500, measureMs: isQuick ? 2_000 : 4_000 }),
    );
    const perSecond = Math.max(1, Math.round(capacity * SHARE));
    const count = Math.min(perSecond * seconds + WARM_UP, leads.length);
    const load = { perSecond, count, connections: CONNECTIONS };
    const server = await ServerProcess.start({ main: SERVER_MAIN, dataDir });
    const port = await server.ready();
    const latencies = (await constantLoad({ port, headers: await signIn(port, ADMIN) }, triage, load)).slice(WARM_UP);
    await server.kill();
    const bare = await withBareServer(like, dataDir, (port) => constantLoad({ port }, triage, load));
    data.remove(dataDir);
    const p99 = percentile(latencies, 0.99);
    say(`triage-latency ${run + 1}: p99 ${p99.toFixed(1)} ms at ${perSecond}/s`);
    return {
      perSecond,
      p50: percentile(latencies, 0.5),
      p99,
      max: Math.max(...latencies),
      bareP50: percentile(bare.slice(WARM_UP), 0.5),
      bareP99: percentile(bare.slice(WARM_UP), 0.99),
    };
  });
  return {
    bench: 'triage-latency',
    what: `POST …/triage at ${SHARE * 100} % of what the bare server carries, for ${seconds} s or until each of 5,000 leads had its turn; corrected for coordinated omission`,
    figures: [
      figure('requests', '1/s', measured.perSecond),
      figure('p50', 'ms', measured.p50, { ratio: { to: measured.bareP50, atMost: 5 } }),
      figure('p99', 'ms', measured.p99, { ratio: { to: measured.bareP99, atMost: 2 } }),
      figure('longest', 'ms', measured.max),
    ],
    limits: [
      figure('Fastify without Nest, five prepared inserts, p50', 'ms', measured.bareP50),
      figure('the same, p99', 'ms', measured.bareP99),
    ],
  };
};

async function withBareServer<T>(like: string, folder: string, use: (port: number) => Promise<T>): Promise<T> {
  const file = join(folder, 'bare.sqlite');
  for (const ending of ['', '-wal', '-shm']) rmSync(file + ending, { force: true });
  const server = await startBareServer(like, file);
  try {
    return await use(server.port);
  } finally {
    await server.stop();
  }
}

function triageOf(leadIds: readonly string[]): Call {
  return async (connection, index) => {
    expectOk(
      await connection.request('POST', `/api/v1/leads/${leadIds[index % leadIds.length]}/triage`, {
        priority: 'medium',
      }),
    );
  };
}

function shuffledLeads(file: string, seed: number): string[] {
  const database = new BetterSqlite3(file, { readonly: true });
  const ids = database.prepare('SELECT lead_id FROM leads ORDER BY lead_id').pluck().all() as string[];
  database.close();
  const random = createRandom(`order ${seed}`);
  for (let last = ids.length - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    [ids[last], ids[other]] = [ids[other]!, ids[last]!];
  }
  return ids;
}
