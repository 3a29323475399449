import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { createRandom } from '../src/config/index.js';
import { startBareServer } from './kit/bare-server.js';
import { SERVER_MAIN, databaseFile } from './kit/bench-data.js';
import { type Bench, figure, repeat } from './kit/bench.js';
import { percentile } from './kit/figures.js';
import { signIn } from './kit/http-connection.js';
import { type Call, constantLoad } from './kit/load.js';
import { expectOk } from './rest-triage.js';
import { ADMIN, ServerProcess } from './kit/server-process.js';

const PER_SECOND = 200;
const CONNECTIONS = 64;
const WARM_UP = 200;

/**
 * POST /api/v1/leads/{leadId}/triage on a fixed beat, each lead once; latency counts from the moment a request was
 * due.
 */
export const triageLatencyBench: Bench = async ({ data, runs, isQuick, seed, say }) => {
  const count = PER_SECOND * (isQuick ? 5 : 20);
  const load = { perSecond: PER_SECOND, count: count + WARM_UP, connections: CONNECTIONS };
  const measured = await repeat(runs, async (run) => {
    const dataDir = await data.importedFolder();
    const triage = triageOf(shuffledLeads(databaseFile(dataDir), seed + run));
    const server = await ServerProcess.start({ main: SERVER_MAIN, dataDir });
    const port = await server.ready();
    const latencies = (await constantLoad({ port, headers: await signIn(port, ADMIN) }, triage, load)).slice(WARM_UP);
    await server.kill();
    const bareServer = await startBareServer(databaseFile(dataDir), join(dataDir, 'bare.sqlite'));
    const bare = (await constantLoad({ port: bareServer.port }, triage, load)).slice(WARM_UP);
    await bareServer.stop();
    data.remove(dataDir);
    const p99 = percentile(latencies, 0.99);
    say(`triage-latency ${run + 1}: p99 ${p99.toFixed(1)} ms`);
    return {
      p50: percentile(latencies, 0.5),
      p99,
      max: Math.max(...latencies),
      bareP50: percentile(bare, 0.5),
      bareP99: percentile(bare, 0.99),
    };
  });
  return {
    bench: 'triage-latency',
    what: `POST …/triage at a constant ${PER_SECOND} requests/s on 5,000 leads, ${count} requests a run, corrected for coordinated omission`,
    figures: [
      figure('p50', 'ms', measured.p50),
      figure('p99', 'ms', measured.p99, { below: 20 }),
      figure('longest', 'ms', measured.max),
    ],
    limits: [
      figure('Fastify without Nest, five prepared inserts, p50', 'ms', measured.bareP50),
      figure('the same, p99', 'ms', measured.bareP99),
    ],
  };
};

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
