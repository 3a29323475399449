import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { Client, type ClientOptions } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Settings } from '../src/config/index.js';
import { type StartedApp, startApp } from './app.js';
import { type CompiledServer, compileServer } from './compile-server.js';
import { aLead } from './factories.js';
import { MODERN, type Revision, SESSIONS, makeKey, until } from './mcp-client.js';

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: SESSIONS, capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
};

describe('herald mcp, beside a server that is running on the same data', () => {
  let herald: StartedApp;
  let compiled: CompiledServer;
  let env: Record<string, string>;
  const clients: Client[] = [];
  const processes: ChildProcess[] = [];

  beforeAll(async () => {
    compiled = compileServer();
    herald = await startApp();
    const { databaseUrl, redisUrl } = herald.app.get(Settings);
    env = {
      PATH: process.env.PATH!,
      HERALD_DATA_DIR: herald.dataDir,
      ...(databaseUrl && { DATABASE_URL: databaseUrl }),
      ...(redisUrl && { REDIS_URL: redisUrl }),
    };
  }, 60_000);
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    for (const each of processes.splice(0)) each.kill('SIGKILL');
  });
  afterAll(async () => {
    await herald.stop();
    compiled.remove();
  });

  async function connect(
    revision: Revision,
    words: string[] = [],
    more: Record<string, string> = {},
    options: ClientOptions = {},
  ): Promise<Client> {
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [compiled.cli, 'mcp', '--tools', 'all', ...words],
      env: { ...env, ...more },
      stderr: 'ignore',
    });
    const client = new Client(
      { name: 'herald-test', version: '1.0.0' },
      { ...options, versionNegotiation: { mode: revision === MODERN ? { pin: MODERN } : 'legacy' } },
    );
    clients.push(client);
    await client.connect(transport);
    return client;
  }

  function start(words: string[] = [], more: Record<string, string> = {}): ChildProcess {
    const child = spawn(process.execPath, [compiled.cli, 'mcp', '--tools', 'all', ...words], {
      env: { ...env, ...more },
      stdio: 'pipe',
    });
    processes.push(child);
    return child;
  }

  const names = async (client: Client) => (await client.listTools()).tools.map(({ name }) => name);

  it.each<Revision>([SESSIONS, MODERN])(
    'works in revision %s for the local operator, and the server sees what it wrote',
    async (revision) => {
      const client = await connect(revision);
      expect(client.getServerVersion()).toMatchObject({ name: 'herald' });
      const offered = await names(client);
      expect(offered).toEqual(expect.arrayContaining(['lead_create', 'campaign_update']));
      expect(offered.filter((name) => /^approval_(approve|reject)$|^escalation_resolve$/.test(name))).toEqual([]);
      const lead_id = `stdio-${revision}`;
      const made = await client.callTool({ name: 'lead_create', arguments: { ...aLead(), lead_id } });
      expect(made).toMatchObject({ structuredContent: { lead_id } });
      expect(await herald.call('GET', `/api/v1/leads/${lead_id}`)).toMatchObject({ status: 200, body: { lead_id } });
      const told = new Set<string>();
      client.setNotificationHandler('notifications/resources/updated', ({ params }) => void told.add(params.uri));
      client.setNotificationHandler('notifications/resources/list_changed', () => void told.add('resources'));
      const watched = [`db://leads/${lead_id}`, `cache://memory/${lead_id}`];
      if (revision === MODERN) await client.listen({ resourceSubscriptions: watched, resourcesListChanged: true });
      else for (const uri of watched) await client.subscribeResource({ uri });
      await herald.call('PATCH', `/api/v1/leads/${lead_id}`, { industry: 'Energy' });
      await herald.call('POST', '/api/v1/memory', {
        tier: 'long_term',
        lead_id,
        preferences_json: { greeting: 'first name' },
      });
      await herald.call('POST', '/api/v1/leads', aLead());
      await until(() => told.size === 3, 'what the server changed');
      expect([...told].sort()).toEqual([...watched, 'resources'].sort());
      const { contents } = await client.readResource({ uri: `db://leads/${lead_id}` });
      expect(contents[0]).toMatchObject({ uri: `db://leads/${lead_id}` });
    },
    60_000,
  );

  it('lets the local operator do no more than --scopes', async () => {
    const few = await names(await connect(SESSIONS, ['--scopes', 'leads:read']));
    expect(few).toContain('lead_get');
    expect(few.filter((name) => /_(create|update|delete)$/.test(name))).toEqual([]);
  }, 60_000);

  it('may do what the API key may, and nothing else', async () => {
    const key = await makeKey(herald, 'desk-client', ['leads:read']);
    const client = await connect(MODERN, [], { HERALD_API_KEY: key.secret });
    expect(await names(client)).toContain('lead_get');
    expect(await names(client)).not.toContain('lead_update');
    await expect(client.callTool({ name: 'lead_create', arguments: { company_name: 'X' } })).resolves.toMatchObject({
      isError: true,
    });
  }, 60_000);

  it.each([
    [['--api-key', 'hk_not_a_key'], /^herald: the API key is not valid\n$/],
    [['--scopes', 'leads:read,approvals:decide'], /^herald: --scopes: approvals:decide is not one of /],
  ])(
    'does not start with %j: one line says why',
    async (words, expected) => {
      const child = start(words);
      const [[code], output, complaint] = await Promise.all([
        once(child, 'exit'),
        text(child.stdout!),
        text(child.stderr!),
      ]);
      expect({ code, output }).toEqual({ code: 1, output: '' });
      expect(complaint).toMatch(expected);
    },
    60_000,
  );

  it('writes nothing but the protocol to standard output, whatever comes in and goes wrong', async () => {
    const child = start(['--work'], { LOG_LEVEL: 'info' });
    const output = text(child.stdout!);
    const log = text(child.stderr!);
    const lines = [
      INITIALIZE,
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      'no JSON at all',
      { jsonrpc: '2.0', id: 2, method: 'no/such' },
      { jsonrpc: '2.0', id: 3, method: 'tools/call', params: { name: 'lead_get', arguments: { lead_id: 'none' } } },
      '\u0000\u0001binary',
      { jsonrpc: '2.0', id: 4, method: 'ping' },
    ];
    for (const line of lines) child.stdin!.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
    // what is under way when standard input ends is not answered any more
    await Promise.all([answerTo(3, child), answerTo(4, child)]);
    child.stdin!.end();
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    const answers = (await output)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: number });
    expect(answers.map(({ id }) => id).sort()).toEqual([1, 2, 3, 4]);
    expect(answers.find(({ id }) => id === 2)).toMatchObject({ error: { code: -32601 } });
    expect(answers.find(({ id }) => id === 3)).toMatchObject({ result: { isError: true } });
    // on SQLite the server has the queue, which is worth a line in the log
    expect(await log).toContain(env.DATABASE_URL ? '' : '"msg":"another process works on the queue');
  }, 60_000);

  it('ends in order on SIGTERM although the client keeps the pipe open', async () => {
    const child = start();
    child.stdin!.write(`${JSON.stringify(INITIALIZE)}\n`);
    await answerTo(1, child);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  }, 60_000);
});

/** Resolves when the process has written its answer to the request with this id. */
function answerTo(id: number, child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      if ((JSON.parse(line) as { id?: number }).id === id) resolve();
    });
  });
}
