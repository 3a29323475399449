import { startBareEcho } from './kit/bare-echo.js';
import { SERVER_MAIN } from './kit/bench-data.js';
import { type Bench, figure, repeat } from './kit/bench.js';
import { percentile } from './kit/figures.js';
import { HttpConnection, signIn } from './kit/http-connection.js';
import { leadBodies } from './kit/lead-requests.js';
import { closedLoad } from './kit/load.js';
import { RpcSocket, openSockets } from './kit/rpc-socket.js';
import { ADMIN, ServerProcess } from './kit/server-process.js';

const CONNECTIONS = 50;
/** Calls under way on a single connection. */
const IN_FLIGHT = 16;
const SUBSCRIBERS = 1_000;
const FAN_OUT_EVENTS = 30;
const WARM_UP_MS = 1_000;

/** Calls a second through JSON-RPC, and how soon an event is with all who subscribed. */
export const rpcThroughputBench: Bench = async ({ data, runs, isQuick, seed, say }) => {
  const measureMs = isQuick ? 1_500 : 4_000;
  const measured = await repeat(runs, async (run) => {
    const dataDir = data.freshFolder();
    const server = await ServerProcess.start({ main: SERVER_MAIN, dataDir });
    const port = await server.ready();
    const headers = await signIn(port, ADMIN);
    const lead_id = await makeLead(port, headers, seed);
    const one = await overSockets(port, headers, 1, IN_FLIGHT, { lead_id }, measureMs);
    const fifty = await overSockets(port, headers, CONNECTIONS, 1, { lead_id }, measureMs);
    const http = await closedLoad(
      { port, headers },
      async (connection) => {
        const { status } = await connection.request('POST', '/rpc', {
          jsonrpc: '2.0',
          id: 1,
          method: 'lead.get',
          params: { lead_id },
        });
        if (status !== 200) throw new Error(`answered ${status}`);
      },
      { connections: CONNECTIONS, warmUpMs: WARM_UP_MS, measureMs },
    );
    const fanOut = await eventLatencies(port, headers, seed);
    await server.stop();
    const echo = await startBareEcho();
    const bareOne = await overSockets(echo.port, {}, 1, IN_FLIGHT, { lead_id }, measureMs);
    const bareFifty = await overSockets(echo.port, {}, CONNECTIONS, 1, { lead_id }, measureMs);
    await echo.stop();
    data.remove(dataDir);
    say(
      `rpc-throughput ${run + 1}: ${Math.round(fifty)} calls/s over ${CONNECTIONS} sockets, ${Math.round(http)} over HTTP`,
    );
    return {
      one,
      fifty,
      http,
      eventP50: percentile(fanOut, 0.5),
      eventP99: percentile(fanOut, 0.99),
      bareOne,
      bareFifty,
    };
  });
  return {
    bench: 'rpc-throughput',
    what: `lead.get over JSON-RPC, and an event from its commit to ${SUBSCRIBERS.toLocaleString('en-US')} subscribers`,
    figures: [
      figure(`one WebSocket, ${IN_FLIGHT} calls under way`, 'calls/s', measured.one, {
        ratio: { to: measured.bareOne, atLeast: 0.25 },
      }),
      figure(`${CONNECTIONS} WebSockets, one call each`, 'calls/s', measured.fifty, {
        ratio: { to: measured.bareFifty },
      }),
      figure(`HTTP /rpc, ${CONNECTIONS} connections`, 'calls/s', measured.http),
      figure('event at a subscriber after its commit, p50', 'ms', measured.eventP50),
      figure('the same, p99', 'ms', measured.eventP99),
    ],
    limits: [
      figure('`ws` alone, sending the call back, one connection', 'calls/s', measured.bareOne),
      figure(`the same, ${CONNECTIONS} connections`, 'calls/s', measured.bareFifty),
    ],
    notes: [
      'each call is authenticated, checked, answered from the database and written to the journal of calls; the client shares the machine',
    ],
  };
};

async function makeLead(port: number, headers: Readonly<Record<string, string>>, seed: number): Promise<string> {
  const connection = await HttpConnection.open(port, headers);
  const { status, body } = await connection.request('POST', '/api/v1/leads', leadBodies(seed)(0));
  connection.close();
  if (status !== 201) throw new Error(`a lead was not made: ${status} ${body}`);
  return (JSON.parse(body) as { lead_id: string }).lead_id;
}

/** @returns calls a second, after the warm-up */
async function overSockets(
  port: number,
  headers: Readonly<Record<string, string>>,
  connections: number,
  inFlight: number,
  params: object,
  measureMs: number,
): Promise<number> {
  const sockets = await openSockets(connections, () => RpcSocket.open(port, headers));
  const start = performance.now() + WARM_UP_MS;
  const end = start + measureMs;
  let counted = 0;
  const lanes = sockets.flatMap((socket) =>
    Array.from({ length: inFlight }, async () => {
      while (performance.now() < end) {
        await socket.call('lead.get', params);
        const now = performance.now();
        if (now >= start && now < end) counted++;
      }
    }),
  );
  await Promise.all(lanes);
  for (const socket of sockets) socket.close();
  return counted / (measureMs / 1000);
}

/** Milliseconds from the time in the event, which is that of its unit's end, to each subscriber having read it. */
async function eventLatencies(
  port: number,
  headers: Readonly<Record<string, string>>,
  seed: number,
): Promise<number[]> {
  const latencies: number[] = [];
  let told: () => void = () => undefined;
  const onEvent = (params: unknown): void => {
    const { event } = params as { event: { at: string } };
    latencies.push(performance.timeOrigin + performance.now() - Date.parse(event.at));
    if (latencies.length % SUBSCRIBERS === 0) told();
  };
  const sockets = await openSockets(SUBSCRIBERS, () => RpcSocket.open(port, headers, onEvent));
  await Promise.all(sockets.map((socket) => socket.call('events.subscribe', { types: 'resource.updated' })));
  for (let index = 0; index < FAN_OUT_EVENTS; index++) {
    const all = new Promise<void>((resolve) => (told = resolve));
    await makeLead(port, headers, seed + 1 + index);
    await all;
  }
  for (const socket of sockets) socket.close();
  return latencies;
}
