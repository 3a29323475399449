import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { RpcGateway, RpcMethods } from '../src/doors/rpc/index.js';
import { Database } from '../src/database/index.js';
import { Journal, McpJsonrpcCall, TransportWebsocketSession } from '../src/operations/index.js';
import { type StartedApp, startApp } from './app.js';
import { aLead, storeCampaign, storeLead } from './factories.js';

type Answer = Record<string, never> & { id: unknown; result?: Record<string, unknown>; error?: { code: number; message: string; data: Record<string, unknown> } };

const call = (method: string, params?: unknown, id: unknown = 1) => ({ jsonrpc: '2.0', method, ...(params !== undefined && { params }), id });

describe('the JSON-RPC door', () => {
  let herald: StartedApp;
  const opened: WebSocket[] = [];

  const post = (body: unknown, headers: Record<string, string> = { authorization: `Bearer ${herald.token}` }) =>
    fetch(`${herald.url}/rpc`, {
      method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  const connect = async (headers: Record<string, string> = { authorization: `Bearer ${herald.token}` }, options = {}): Promise<WebSocket> => {
    const socket = new WebSocket(`${herald.url.replace('http', 'ws')}/rpc`, { headers, ...options });
    socket.on('error', () => undefined);
    opened.push(socket);
    await once(socket, 'open');
    return socket;
  };
  const ask = async (socket: WebSocket, message: unknown): Promise<Answer> => {
    socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    const [data] = (await once(socket, 'message')) as [Buffer];
    return JSON.parse(data.toString()) as Answer;
  };
  const closeCode = async (socket: WebSocket): Promise<number> => ((await once(socket, 'close')) as [number])[0];

  const connectionsLeft = async (count: number): Promise<void> => {
    while (herald.app.get(RpcGateway).openConnections !== count) await pause(5);
  };

  const overHttp = async (message: unknown) => JSON.parse(await (await post(message)).text()) as Answer;
  const overSocket = async (message: unknown) => {
    const socket = await connect();
    const answer = await ask(socket, message);
    socket.close();
    return answer;
  };

  beforeAll(async () => {
    herald = await startApp();
  });
  afterAll(async () => {
    for (const socket of opened) socket.terminate();
    await herald?.stop();
  });

  describe.each([['HTTP', overHttp], ['WebSocket', overSocket]] as const)('over %s', (_, exchange) => {
    it('runs operations and aliases, by name and by position', async () => {
      const lead = await storeLead(herald);
      expect((await exchange(call('lead.get', { lead_id: lead.lead_id }, 'a'))).result).toMatchObject({ lead_id: lead.lead_id });
      expect(await exchange(call('getLead', [lead.lead_id], 7))).toMatchObject({ jsonrpc: '2.0', id: 7, result: { lead_id: lead.lead_id } });
      expect((await exchange(call('lead.triage', { lead_id: lead.lead_id, priority: 'high' }))).result).toMatchObject({ category: expect.any(String) });
    });

    it('reads, searches and writes resources', async () => {
      const written = await exchange(call('resource.write', { uri: 'db://leads', data: aLead({ source: 'Webinar' }) }));
      const uri = `db://leads/${String(written.result!.lead_id)}`;
      expect((await exchange(call('resource.read', { uri, scope: 'read' }))).result).toMatchObject({ source: 'Webinar' });
      expect((await exchange(call('resource.search', { uri: 'db://leads', query: { source: 'Webinar' } }))).result!.items).not.toHaveLength(0);
      expect((await exchange(call('resource.read', { uri: 'db://leads/%ZZ' }))).error).toMatchObject({ code: -32602 });
      expect((await exchange(call('resource.read', { uri: 'db://nothing' }))).error).toMatchObject({ code: -32004, data: { code: 'resource_not_found' } });
    });

    it('takes handoffs and optimisations in the shapes that agents send', async () => {
      const [lead, campaign] = [await storeLead(herald), await storeCampaign(herald)];
      const handoff = {
        from_agent: 'lead_triage_001', to_agent: 'engagement_002', lead_id: lead.lead_id,
        context: { triage_category: 'Campaign Qualified', lead_score: 85, priority: 'high', notes: 'asked for a demo' },
        preservation_data: { short_term_memory: {}, conversation_history: [], next_actions: [] },
      };
      expect((await exchange(call('agent.handoff', handoff, 'handoff_001'))).result).toMatchObject({ handoff_id: expect.any(String) });
      const optimize = {
        campaign_id: campaign.campaign_id, optimization_triggers: ['low_ctr', 'high_cpl', 'poor_conversion_rate'],
        current_metrics: { ctr: 0.012, cpl_usd: 45.67, conversion_rate: 0.023 }, constraints: { max_budget_increase: 0.1, preserve_audience: true },
      };
      expect((await exchange(call('campaign.optimize', optimize, 'optimize_001'))).result).toMatchObject({ optimizations: expect.any(Array) });
    });

    it('answers errors with their data', async () => {
      expect((await exchange(call('lead.get', { lead_id: 'nobody' }))).error).toMatchObject({
        code: -32004, data: { code: 'lead_not_found', request_id: expect.stringMatching(/^req_/) },
      });
      expect((await exchange(call('lead.list', { limit: 'many' }))).error).toMatchObject({ code: -32602, data: { errors: [{ path: 'limit' }] } });
      expect((await exchange(call('lead.list', { cursor: 'made up' }))).error).toMatchObject({ code: -32602, data: { errors: [{ path: 'cursor' }] } });
      expect((await exchange(call('auth.login', {}))).error).toMatchObject({ code: -32601 });
      expect((await exchange('{"jsonrpc":')).error).toMatchObject({ code: -32700 });
      expect((await exchange('[]')).error).toMatchObject({ code: -32600 });
      expect((await exchange('['.repeat(1000))).error).toMatchObject({ code: -32600 });
    });

    it('answers the calls of a batch, and leaves out notifications', async () => {
      const answers = await exchange([call('lead.list', { limit: 1 }, 'x'), { jsonrpc: '2.0', method: 'lead.list' }, 1, call('no.such', {}, 'y')]);
      expect(answers).toMatchObject([{ id: 'x', result: {} }, { id: null, error: { code: -32600 } }, { id: 'y', error: { code: -32601 } }]);
    });

    it('does a call with an idempotency key once', async () => {
      const message = call('lead.create', { ...aLead(), _meta: { idempotency_key: `once-${_}` } });
      const [first, second] = [await exchange(message), await exchange(message)];
      expect(second.result!.lead_id).toBe(first.result!.lead_id);
    });
  });

  it('offers no method that takes or gives a secret', () => {
    const names = herald.app.get(RpcMethods).names();
    expect(names).toEqual(expect.arrayContaining(['lead.triage', 'agent.handoff', 'updateLead', 'trackEvent', 'fetchMemory', 'storeMemory', 'searchGraph', 'optimizeCampaign']));
    expect(names.filter((name) => /^auth\.|^user\.(create|update)|^api_key\.create/.test(name))).toEqual([]);
  });

  it('answers notifications over HTTP with 204, and strangers with 401', async () => {
    expect((await post({ jsonrpc: '2.0', method: 'lead.list' })).status).toBe(204);
    const refused = await post(call('lead.list'), {});
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="herald"']);
    expect(await refused.json()).toMatchObject({ jsonrpc: '2.0', id: null, error: { code: -32001 } });
  });

  it('lets a WebSocket sign in with its first message, and with nothing else', async () => {
    const socket = await connect({});
    expect((await ask(socket, call('session.authenticate', { token: herald.token }))).result).toMatchObject({ kind: 'user' });
    expect((await ask(socket, call('lead.list', { limit: 1 }))).result).toBeDefined();
    for (const first of [call('lead.list', {}, 5), call('session.authenticate', { token: 'wrong' }, 5)]) {
      const stranger = await connect({});
      const closed = closeCode(stranger);
      expect(await ask(stranger, first)).toMatchObject({ id: 5, error: { code: -32001 } });
      expect(await closed).toBe(4401);
    }
  });

  it('notices credentials that were revoked while connected', async () => {
    const { body: key } = await herald.call('POST', '/api/v1/api-keys', { name: 'socket', scopes: ['leads:read'] });
    const socket = await connect({ 'x-api-key': key.secret ?? key.api_key ?? key.key });
    expect((await ask(socket, call('lead.list', { limit: 1 }))).result).toBeDefined();
    expect((await ask(socket, call('campaign.list', {}))).error).toMatchObject({ code: -32003 });
    const revoked = await herald.call('DELETE', `/api/v1/api-keys/${key.key_id}`);
    expect(revoked.status).toBeLessThan(300);
    const closed = closeCode(socket);
    expect((await ask(socket, call('lead.list', {}, 9)))).toMatchObject({ id: 9, error: { code: -32001 } });
    expect(await closed).toBe(4401);
  });

  it('serves 200 connections at once while others misbehave', async () => {
    const binary = await connect();
    const oversize = await connect();
    const codes = Promise.all([closeCode(binary), closeCode(oversize)]);
    binary.send(Buffer.from([1, 2, 3]));
    oversize.send('x'.repeat(1024 * 1024 + 1));
    const sockets = await Promise.all(Array.from({ length: 200 }, () => connect()));
    const answers = await Promise.all(sockets.map((socket, index) => ask(socket, index % 4 === 0 ? `junk ${index}` : call('lead.list', { limit: 1 }, index))));
    answers.forEach((answer, index) => expect(answer).toMatchObject(index % 4 === 0 ? { error: { code: -32700 } } : { id: index, result: {} }));
    expect(await codes).toEqual([1003, 1009]);
    for (const socket of sockets) socket.close();
  });

  it('makes a flood wait and answers all of it', async () => {
    const socket = await connect();
    const ids = new Set<unknown>();
    const all = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        ids.add((JSON.parse(data.toString()) as Answer).id);
        if (ids.size === 1000) resolve();
      });
    });
    for (let id = 0; id < 1000; id++) socket.send(JSON.stringify(call('no.such', {}, id)));
    await all;
    socket.close();
  });

  it('cuts off a slow reader, and serves the others on', async () => {
    for (let n = 0; n < 20; n++) {
      const episode = { tier: 'episodic', scenario: 'long', action_sequence_json: ['a'], outcome_score: 1, notes: `${n}`.padEnd(20_000, 'x') };
      expect((await overHttp(call('storeMemory', episode))).result).toBeDefined();
    }
    for (const socket of opened) socket.terminate();
    await connectionsLeft(0);
    const slow = await connect();
    slow.pause();
    for (let id = 0; id < 60; id++) slow.send(JSON.stringify(call('memory.search', { scenario: 'long' }, id)));
    expect((await overSocket(call('lead.list', { limit: 1 }))).result).toBeDefined();
    await connectionsLeft(0);
    slow.resume();
    expect([1006, 1013]).toContain(await closeCode(slow));
  });

  it('gives up on a peer that answers no pings', async () => {
    const silent = await connect(undefined, { autoPong: false });
    const lively = await connect();
    const closed = closeCode(silent);
    for (let beat = 0; beat < 3; beat++) {
      const ponged = once(lively, 'ping');
      herald.app.get(RpcGateway).beat();
      await ponged;
      // its pong is read before the answer to what follows it
      await ask(lively, call('no.such'));
    }
    expect(await closed).toBe(1006);
    expect((await ask(lively, call('lead.list', { limit: 1 }))).result).toBeDefined();
  });

  it('keeps a journal of calls and sessions', async () => {
    await overSocket(call('getLead', ['nobody']));
    herald.app.get(RpcGateway).beat();
    await herald.app.get(Journal).flush();
    const database = herald.app.get(Database);
    expect(await database.of(McpJsonrpcCall).find({ transport: 'WebSocket', method: 'getLead', status_code: 404 })).not.toHaveLength(0);
    expect(await database.of(McpJsonrpcCall).count({ transport: 'HTTP', method: 'resource.read', target_resource: 'db://leads' })).toBeGreaterThan(0);
    expect(await database.of(TransportWebsocketSession).count({})).toBeGreaterThan(0);
  });
});

describe('the JSON-RPC door under a rate limit, and when the server stops', () => {
  it('tells a connection when to come back, and says goodbye', async () => {
    const herald = await startApp({ env: { HERALD_RATE_LIMIT: '20' } });
    const socket = new WebSocket(`${herald.url.replace('http', 'ws')}/rpc`, { headers: { authorization: `Bearer ${herald.token}` } });
    await once(socket, 'open');
    socket.send(JSON.stringify(Array.from({ length: 30 }, (_, id) => call('no.such', {}, id))));
    const [data] = (await once(socket, 'message')) as [Buffer];
    const last = (JSON.parse(data.toString()) as Answer[]).at(-1);
    expect(last).toMatchObject({ id: 29, error: { code: -32029, data: { code: 'rate_limited', retry_after: expect.any(Number) } } });
    const closed = once(socket, 'close');
    await herald.stop();
    expect((await closed)[0]).toBe(1001);
  });
});
