import { setTimeout as pause } from 'node:timers/promises';
import { SERVER_MAIN } from './kit/bench-data.js';
import { type Bench, figure, repeat } from './kit/bench.js';
import { percentile } from './kit/figures.js';
import { startHostileSockets } from './kit/hostile-sockets.js';
import { signIn } from './kit/http-connection.js';
import { RpcSocket, openSockets } from './kit/rpc-socket.js';
import { ADMIN, ServerProcess } from './kit/server-process.js';

const IDLE = 5_000;
const HOSTILE = 1_000;
const HOSTILE_FRAMES_PER_SECOND = 1_000;
const POLITE_EVERY_MS = 5;
const RESIDENT = 'process_resident_memory_bytes';

/** Many sockets that do nothing, and many that send junk, while a well-behaved client is served. */
export const rpcSocketsBench: Bench = async ({ data, runs, isQuick, seed, say }) => {
  const politeCalls = isQuick ? 400 : 2_000;
  const measured = await repeat(runs, async (run) => {
    const dataDir = data.freshFolder();
    const server = await ServerProcess.start({ main: SERVER_MAIN, dataDir });
    const port = await server.ready();
    const headers = await signIn(port, ADMIN);
    const polite = await RpcSocket.open(port, headers);
    await callOften(polite, 200);

    const before = await metric(port, RESIDENT);
    const started = performance.now();
    const idle = await openSockets(IDLE, () => RpcSocket.open(port, headers));
    const openSeconds = (performance.now() - started) / 1000;
    await pause(1_000);
    const kilobytes = ((await metric(port, RESIDENT)) - before) / IDLE / 1024;
    const besideIdle = await callOften(polite, politeCalls);
    // all of them are still there, and served
    for (let start = 0; start < IDLE; start += 200)
      await Promise.all(idle.slice(start, start + 200).map((socket) => socket.call('lead.list', { limit: 1 })));
    for (const socket of idle) socket.close();
    while ((await metric(port, 'herald_rpc_connections')) > 1) await pause(50);

    const calm = await callOften(polite, politeCalls);
    const hostile = await startHostileSockets({
      port,
      authorization: headers.Authorization,
      sockets: HOSTILE,
      perSecond: HOSTILE_FRAMES_PER_SECOND,
      seed: seed + run,
    });
    const besideHostile = await callOften(polite, politeCalls);
    const { frames, cuts } = await hostile.stop();
    polite.close();
    await server.stop();
    data.remove(dataDir);
    say(`rpc-sockets ${run + 1}: ${kilobytes.toFixed(1)} KiB a socket, ${frames} hostile frames, ${cuts} cut off`);
    return {
      openRate: IDLE / openSeconds,
      kilobytes,
      idleP99: percentile(besideIdle, 0.99),
      calmP99: percentile(calm, 0.99),
      calmP50: percentile(calm, 0.5),
      hostileP50: percentile(besideHostile, 0.5),
      hostileP99: percentile(besideHostile, 0.99),
      frames: frames / ((politeCalls * POLITE_EVERY_MS) / 1000),
    };
  });
  return {
    bench: 'rpc-sockets',
    what: `${IDLE.toLocaleString('en-US')} idle signed-in WebSockets, all answering afterwards; then ${HOSTILE.toLocaleString('en-US')} that send junk beside one that behaves`,
    figures: [
      figure('idle sockets opened', '1/s', measured.openRate),
      figure('memory of an idle socket', 'KiB', measured.kilobytes),
      figure('lead.list beside the idle ones, p99', 'ms', measured.idleP99),
      figure('lead.list beside the hostile ones, p50', 'ms', measured.hostileP50),
      figure('the same, p99', 'ms', measured.hostileP99, { below: 100 }),
      figure('hostile frames', '1/s', measured.frames),
    ],
    limits: [
      figure('lead.list with nobody else there, p50', 'ms', measured.calmP50),
      figure('the same, p99', 'ms', measured.calmP99),
    ],
    notes: [
      'hostile frames: junk text, deep nesting, wrong envelopes, batches, binary (1003) and frames over 1 MiB (1009); the well-behaved client lost no call',
    ],
  };
};

/** A call every few milliseconds; each has its latency from the moment it was due. */
async function callOften(socket: RpcSocket, count: number): Promise<number[]> {
  const latencies: number[] = [];
  const start = performance.now();
  const calls: Promise<void>[] = [];
  for (let index = 0; index < count; index++) {
    const due = start + index * POLITE_EVERY_MS;
    const wait = due - performance.now();
    if (wait > 0) await pause(wait);
    calls.push(socket.call('lead.list', { limit: 1 }).then(() => void latencies.push(performance.now() - due)));
  }
  await Promise.all(calls);
  return latencies;
}

async function metric(port: number, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)![1]);
}
