import { join } from 'node:path';
import { startBareServer } from './kit/bare-server.js';
import { SERVER_MAIN } from './kit/bench-data.js';
import { type Bench, figure, repeat } from './kit/bench.js';
import { type HttpAnswer, signIn } from './kit/http-connection.js';
import { leadBodies } from './kit/lead-requests.js';
import { type Call, closedLoad } from './kit/load.js';
import { ADMIN, ServerProcess } from './kit/server-process.js';

const CONNECTIONS = 50;

/** POST /api/v1/leads, then POST …/triage on it, over 50 connections. One such pair is one lead. */
export const restTriageBench: Bench = async ({ data, runs, isQuick, seed, say }) => {
  const load = { connections: CONNECTIONS, warmUpMs: isQuick ? 1_000 : 3_000, measureMs: isQuick ? 4_000 : 10_000 };
  const measured = await repeat(runs, async (run) => {
    const dataDir = await data.importedFolder();
    const server = await ServerProcess.start({ main: SERVER_MAIN, dataDir });
    const port = await server.ready();
    const pairs = await closedLoad({ port, headers: await signIn(port, ADMIN) }, createAndTriage(seed + run), load);
    // what the handoffs still have to do is not part of this
    await server.kill();
    const bareServer = await startBareServer(await data.workedOn(), join(dataDir, 'bare.sqlite'));
    const bare = await closedLoad({ port: bareServer.port }, createAndTriage(seed + run), load);
    await bareServer.stop();
    data.remove(dataDir);
    say(`rest-triage ${run + 1}: ${Math.round(pairs)} leads/s`);
    return { pairs, bare };
  });
  return {
    bench: 'rest-triage',
    what: `creating a lead and triaging it over REST, ${CONNECTIONS} connections, on top of 5,000 leads; handoffs go on meanwhile`,
    figures: [figure('created and triaged', 'leads/s', measured.pairs, { ratio: { to: measured.bare, atLeast: 0.5 } })],
    limits: [figure('Fastify without Nest, one and five prepared inserts', 'leads/s', measured.bare)],
  };
};

function createAndTriage(seed: number): Call {
  const bodyOf = leadBodies(seed);
  return async (connection, index) => {
    const lead_id = `LB-${seed}-${index}`;
    expectOk(await connection.request('POST', '/api/v1/leads', { ...bodyOf(index), lead_id }));
    expectOk(await connection.request('POST', `/api/v1/leads/${lead_id}/triage`, { priority: 'medium' }));
  };
}

export function expectOk({ status, body }: HttpAnswer): void {
  if (status < 200 || status > 299) throw new Error(`answered ${status}: ${body}`);
}
