import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { WebSocket } from 'ws';
import { signIn } from '../bench/kit/http-connection.js';
import { ADMIN, ServerProcess } from '../bench/kit/server-process.js';
import { newId } from '../src/config/index.js';
import { Database, UnitOfWork } from '../src/database/index.js';
import { Journal } from '../src/operations/index.js';
import { McpJsonrpcCall } from '../src/operations/journal/transport.entities.js';
import { Metrics } from '../src/telemetry/index.js';
import { type StartedApp, startApp } from './app.js';
import { type CompiledServer, compileServer } from './compile-server.js';

const aCall = (method: string): McpJsonrpcCall => ({
  rpc_id: newId('rpc'),
  timestamp: '2026-03-02T09:00:00.000Z',
  transport: 'HTTP',
  method,
  params_bytes: 2,
  duration_ms: 1,
  status_code: 200,
  source_agent_type: 'user',
  target_resource: 'db://leads',
});

describe('the journal of calls', () => {
  let herald: StartedApp;
  let journal: Journal;
  const written = (method: string): Promise<number> => herald.app.get(Database).of(McpJsonrpcCall).count({ method });
  const dropped = async (): Promise<number> =>
    (await herald.app.get(Metrics).registry.getSingleMetric('herald_journal_dropped_total')!.get()).values[0]?.value ??
    0;
  const rename = (from: string, to: string): Promise<number> =>
    herald.app.get(UnitOfWork).run((unit) => unit.execute(`ALTER TABLE ${from} RENAME TO ${to}`));

  beforeAll(async () => {
    herald = await startApp();
    journal = herald.app.get(Journal);
  });
  afterAll(() => herald?.stop());

  it('keeps what is recorded while it writes', async () => {
    for (let n = 0; n < 700; n++) journal.record(McpJsonrpcCall, aCall('first'));
    const flushed = journal.flush();
    for (let n = 0; n < 700; n++) journal.record(McpJsonrpcCall, aCall('meanwhile'));
    await flushed;
    await journal.flush();
    expect([await written('first'), await written('meanwhile'), await dropped()]).toEqual([700, 700, 0]);
  });

  it('tries again when the database did not take the rows', async () => {
    await rename('mcp_jsonrpc_calls', 'moved_away');
    journal.record(McpJsonrpcCall, aCall('again'));
    await journal.flush();
    await rename('moved_away', 'mcp_jsonrpc_calls');
    expect(await written('again')).toBe(0);
    await journal.flush();
    expect([await written('again'), await dropped()]).toEqual([1, 0]);
  });

  it('keeps the other rows when a caller’s text or length is nothing that PostgreSQL stores', async () => {
    journal.record(McpJsonrpcCall, { ...aCall('odd\0method'), params_bytes: 1e15, target_resource: 'x'.repeat(5_000) });
    journal.record(McpJsonrpcCall, aCall('beside it'));
    await journal.flush();
    expect([await written('oddmethod'), await written('beside it'), await dropped()]).toEqual([1, 1, 0]);
  });

  it('counts what it could not keep', async () => {
    for (let n = 0; n < 20_100; n++) journal.record(McpJsonrpcCall, aCall('many'));
    await journal.flush();
    const kept = await written('many');
    expect(kept).toBeGreaterThanOrEqual(20_000);
    expect(kept + (await dropped())).toBe(20_100);
  });
});

/** Calls that were answered while the server was asked to stop. */
interface Answered {
  http: number;
  socket: number;
}

describe('the journal of a server that is stopped (SIGTERM) under load', () => {
  let compiled: CompiledServer;
  let dataDir: string;

  beforeAll(async () => {
    compiled = compileServer();
    dataDir = mkdtempSync(join(tmpdir(), 'herald-journal-'));
  });
  afterAll(() => {
    compiled.remove();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('has a row for every call that was answered, at each door', async () => {
    const server = await ServerProcess.start({ main: compiled.main, dataDir });
    const port = await server.ready();
    const { Authorization } = await signIn(port, ADMIN);
    const answered: Answered = { http: 0, socket: 0 };
    const clients = [
      ...Array.from({ length: 4 }, () => callOverHttp(port, Authorization, answered)),
      ...Array.from({ length: 4 }, () => callOverSocket(port, Authorization, answered)),
    ];
    while (answered.http < 200 || answered.socket < 200) await new Promise((resolve) => setTimeout(resolve, 5));
    await server.stop();
    await Promise.all(clients);
    const database = new BetterSqlite3(join(dataDir, 'herald.sqlite'), { readonly: true });
    const count = (sql: string): number => (database.prepare(sql).get() as { n: number }).n;
    const rows = {
      http: count(`SELECT COUNT(*) AS n FROM mcp_jsonrpc_calls WHERE transport = 'HTTP' AND method = 'resource.read'`),
      socket: count(
        `SELECT COUNT(*) AS n FROM mcp_jsonrpc_calls WHERE transport = 'WebSocket' AND method = 'resource.read'`,
      ),
      accesses: count(
        `SELECT COUNT(*) AS n FROM mcp_resource_access WHERE resource_uri = 'db://leads' AND success = 1`,
      ),
      requests: count('SELECT COUNT(*) AS n FROM transport_http_requests WHERE status_code = 200'),
      sent: count('SELECT COALESCE(SUM(messages_sent), 0) AS n FROM transport_websocket_sessions'),
    };
    database.close();
    expect(rows.http).toBeGreaterThanOrEqual(answered.http);
    expect(rows.socket).toBeGreaterThanOrEqual(answered.socket);
    expect(rows.accesses).toBeGreaterThanOrEqual(answered.http + answered.socket);
    expect(rows.requests).toBeGreaterThanOrEqual(answered.http);
    expect(rows.sent).toBeGreaterThanOrEqual(answered.socket);
  }, 60_000);
});

const MESSAGE = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'resource.read',
  params: { uri: 'db://leads', query: { limit: 1 } },
});

async function callOverHttp(port: number, authorization: string, answered: Answered): Promise<void> {
  for (;;) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/rpc`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: MESSAGE,
      });
      await response.text();
      if (response.status === 200) answered.http++;
    } catch {
      return;
    }
  }
}

function callOverSocket(port: number, authorization: string, answered: Answered): Promise<void> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc`, { headers: { authorization } });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
    socket.on('open', () => socket.send(MESSAGE));
    socket.on('message', () => {
      answered.socket++;
      socket.send(MESSAGE);
    });
  });
}
