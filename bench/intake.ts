import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { startBareServer } from './kit/bare-server.js';
import { SERVER_MAIN, databaseFile } from './kit/bench-data.js';
import { type Bench, figure, repeat } from './kit/bench.js';
import { signIn } from './kit/http-connection.js';
import { leadBodies } from './kit/lead-requests.js';
import { type Call, closedLoad } from './kit/load.js';
import { expectOk } from './rest-triage.js';
import { ADMIN, ServerProcess } from './kit/server-process.js';

const CLIENTS = 8;
/** After the last lead, until the share that is triaged is counted. */
const REST_MS = 5_000;
/**
 * Half of the share of the bare server's intake that was taken in while each job was carried alone: 0.08 on a quiet
 * machine (400 leads a second, of which 0.12 were triaged in time), 0.024 on a crowded one.
 */
const LEAST_INTAKE = 0.04;

/** Leads posted with `"triage": true` as fast as they are taken: how many are triaged soon after. */
export const intakeBench: Bench = async ({ data, runs, isQuick, seed, say }) => {
  const load = { connections: CLIENTS, warmUpMs: 0, measureMs: isQuick ? 10_000 : 20_000 };
  const like = await data.workedOn();
  const measured = await repeat(runs, async (run) => {
    const dataDir = await data.importedFolder();
    const server = await ServerProcess.start({ main: SERVER_MAIN, dataDir });
    const port = await server.ready();
    const headers = await signIn(port, ADMIN);
    const plain = await closedLoad({ port, headers }, post(seed + run, 'LP', false), { ...load, measureMs: 5_000 });
    const intake = await closedLoad({ port, headers }, post(seed + run, 'LI', true), load);
    await pause(REST_MS);
    const share = shareTriaged(databaseFile(dataDir));
    await server.kill();
    const bareServer = await startBareServer(like, join(dataDir, 'bare.sqlite'));
    const bare = await closedLoad({ port: bareServer.port }, post(seed + run, 'LI', true), {
      ...load,
      measureMs: 5_000,
    });
    await bareServer.stop();
    data.remove(dataDir);
    say(`intake ${run + 1}: ${Math.round(intake)} leads/s, ${(100 * share).toFixed(0)} % triaged`);
    return { intake, share, plain, bare };
  });
  return {
    bench: 'intake',
    what: `leads posted with "triage": true by ${CLIENTS} clients as fast as they are taken for ${load.measureMs / 1000} s`,
    figures: [
      figure(`share triaged ${REST_MS / 1000} s later`, '', measured.share, { atLeast: 0.9 }),
      figure('taken in', 'leads/s', measured.intake, { ratio: { to: measured.bare, atLeast: LEAST_INTAKE } }),
      figure('taken in without triage', 'leads/s', measured.plain, { ratio: { to: measured.bare } }),
    ],
    limits: [figure('Fastify without Nest, one prepared insert', 'leads/s', measured.bare)],
  };
};

function post(seed: number, prefix: string, triage: boolean): Call {
  const bodyOf = leadBodies(seed);
  return async (connection, index) => {
    const lead_id = `${prefix}-${seed}-${index}`;
    expectOk(await connection.request('POST', '/api/v1/leads', { ...bodyOf(index), lead_id, triage }));
  };
}

function shareTriaged(file: string): number {
  const database = new BetterSqlite3(file, { readonly: true });
  const share = database
    .prepare(`SELECT AVG(triage_category IS NOT NULL) FROM leads WHERE lead_id LIKE 'LI-%'`)
    .pluck()
    .get() as number;
  database.close();
  return share;
}
