import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { frameOf } from '../bench/kit/hostile-frame.js';
import { EventHub } from '../src/doors/events/index.js';
import { ConnectionLimits, MAX_BATCH, RpcGateway } from '../src/doors/rpc/index.js';
import { FixedClock, createRandom } from '../src/config/index.js';
import { Database, UnitOfWork } from '../src/database/index.js';
import { type LiveEvent, LiveEvents } from '../src/live-events/index.js';
import { Journal, OperationRegistry } from '../src/operations/index.js';
import { AuditEntry } from '../src/operations/audit/audit-entry.entity.js';
import {
  McpJsonrpcCall,
  McpResourceAccess,
  TransportWebsocketSession,
} from '../src/operations/journal/transport.entities.js';
import { ADMIN, type StartedApp, startApp } from './app.js';
import { aLead, storeCampaign, storeLead } from './factories.js';

type Answer = Record<string, never> & {
  id: unknown;
  result?: Record<string, unknown>;
  error?: { code: number; message: string; data: Record<string, unknown> };
};

const call = (method: string, params?: unknown, id: unknown = 1) => ({
  jsonrpc: '2.0',
  method,
  ...(params !== undefined && { params }),
  id,
});

describe('the JSON-RPC door', () => {
  let herald: StartedApp;
  const opened: WebSocket[] = [];

  const post = (body: unknown, headers: Record<string, string> = { authorization: `Bearer ${herald.token}` }) =>
    fetch(`${herald.url}/rpc`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  const connect = async (
    headers: Record<string, string> = { authorization: `Bearer ${herald.token}` },
    options = {},
  ): Promise<WebSocket> => {
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

  describe.each([
    ['HTTP', overHttp],
    ['WebSocket', overSocket],
  ] as const)('over %s', (_, exchange) => {
    it('runs operations and aliases, by name and by position', async () => {
      const lead = await storeLead(herald);
      expect((await exchange(call('lead.get', { lead_id: lead.lead_id }, 'a'))).result).toMatchObject({
        lead_id: lead.lead_id,
      });
      expect(await exchange(call('getLead', [lead.lead_id], 7))).toMatchObject({
        jsonrpc: '2.0',
        id: 7,
        result: { lead_id: lead.lead_id },
      });
      expect((await exchange(call('lead.triage', { lead_id: lead.lead_id, priority: 'high' }))).result).toMatchObject({
        category: expect.any(String),
      });
    });

    it('reads, searches and writes resources', async () => {
      const written = await exchange(call('resource.write', { uri: 'db://leads', data: aLead({ source: 'Webinar' }) }));
      const uri = `db://leads/${String(written.result!.lead_id)}`;
      expect((await exchange(call('resource.read', { uri, scope: 'read' }))).result).toMatchObject({
        source: 'Webinar',
      });
      expect(
        (await exchange(call('resource.search', { uri: 'db://leads', query: { source: 'Webinar' } }))).result!.items,
      ).not.toHaveLength(0);
      expect((await exchange(call('resource.read', { uri: 'db://leads/%ZZ' }))).error).toMatchObject({ code: -32602 });
      expect((await exchange(call('resource.read', { uri: 'db://nothing' }))).error).toMatchObject({
        code: -32004,
        data: { code: 'resource_not_found' },
      });
    });

    it('takes handoffs and optimisations in the shapes that agents send', async () => {
      const [lead, campaign] = [await storeLead(herald), await storeCampaign(herald)];
      const handoff = {
        from_agent: 'lead_triage_001',
        to_agent: 'engagement_002',
        lead_id: lead.lead_id,
        conversation_id: `C-${lead.lead_id}-${_}`,
        context: { triage_category: 'Campaign Qualified', lead_score: 85, priority: 'high', notes: 'asked for a demo' },
        preservation_data: { short_term_memory: {}, conversation_history: [], next_actions: [] },
      };
      expect(await exchange(call('agent.handoff', handoff, 'handoff_001'))).toMatchObject({
        jsonrpc: '2.0',
        id: 'handoff_001',
        result: {
          handoff_id: expect.any(String),
          from_agent_type: 'LeadTriage',
          to_agent_type: 'Engagement',
          status: 'requested',
          context: handoff.context,
        },
      });
      const optimize = {
        campaign_id: campaign.campaign_id,
        optimization_triggers: ['low_ctr', 'high_cpl', 'poor_conversion_rate'],
        current_metrics: { ctr: 0.012, cpl_usd: 45.67, conversion_rate: 0.023 },
        constraints: { max_budget_increase: 0.1, preserve_audience: true },
      };
      expect((await exchange(call('campaign.optimize', optimize, 'optimize_001'))).result).toMatchObject({
        optimizations: expect.any(Array),
      });
    });

    it('answers errors with their data', async () => {
      expect((await exchange(call('lead.get', { lead_id: 'nobody' }))).error).toMatchObject({
        code: -32004,
        data: { code: 'lead_not_found', request_id: expect.stringMatching(/^req_/) },
      });
      expect((await exchange(call('lead.list', { limit: 'many' }))).error).toMatchObject({
        code: -32602,
        data: { errors: [{ path: 'limit' }] },
      });
      expect((await exchange(call('lead.list', { cursor: 'made up' }))).error).toMatchObject({
        code: -32602,
        data: { errors: [{ path: 'cursor' }] },
      });
      expect((await exchange(call('no.such'))).error).toMatchObject({
        code: -32601,
        data: { code: 'method_not_found' },
      });
      expect((await exchange('{"jsonrpc":')).error).toMatchObject({ code: -32700 });
      expect((await exchange('[]')).error).toMatchObject({ code: -32600 });
      expect((await exchange('['.repeat(1000))).error).toMatchObject({ code: -32600 });
    });

    it('answers the calls of a batch, and leaves out notifications', async () => {
      const answers = await exchange([
        call('lead.list', { limit: 1 }, 'x'),
        { jsonrpc: '2.0', method: 'lead.list' },
        1,
        call('no.such', {}, 'y'),
      ]);
      expect(answers).toMatchObject([
        { id: 'x', result: {} },
        { id: null, error: { code: -32600 } },
        { id: 'y', error: { code: -32601 } },
      ]);
    });

    // https://www.jsonrpc.org/specification, section 7, with methods that this server has
    it.each<[string, string, object | undefined]>([
      [
        'parameters by position',
        '{"jsonrpc":"2.0","method":"lead.list","params":[],"id":1}',
        { id: 1, result: { items: expect.any(Array) } },
      ],
      [
        'parameters by name',
        '{"jsonrpc":"2.0","method":"lead.list","params":{"limit":1},"id":3}',
        { id: 3, result: { items: expect.any(Array) } },
      ],
      ['a notification', '{"jsonrpc":"2.0","method":"lead.list","params":{"limit":1}}', undefined],
      ['a notification to nobody', '{"jsonrpc":"2.0","method":"foobar"}', undefined],
      [
        'a method that there is not',
        '{"jsonrpc":"2.0","method":"foobar","id":"1"}',
        { id: '1', error: { code: -32601 } },
      ],
      ['invalid JSON', '{"jsonrpc":"2.0","method":"foobar,"params":"bar","baz]', { id: null, error: { code: -32700 } }],
      ['an invalid request', '{"jsonrpc":"2.0","method":1,"params":"bar"}', { id: null, error: { code: -32600 } }],
      [
        'a batch of invalid JSON',
        '[{"jsonrpc":"2.0","method":"lead.list","id":"1"},{"jsonrpc":"2.0","method"]',
        { id: null, error: { code: -32700 } },
      ],
      ['an empty batch', '[]', { id: null, error: { code: -32600 } }],
      ['an invalid batch', '[1]', [{ id: null, error: { code: -32600 } }]],
      ['a batch of what is no call', '[1,2,3]', Array(3).fill({ id: null, error: { code: -32600 } })],
      [
        'a mixed batch',
        `[{"jsonrpc":"2.0","method":"lead.list","params":{"limit":1},"id":"1"},{"jsonrpc":"2.0","method":"lead.list","params":[7]},
          {"jsonrpc":"2.0","method":"campaign.list","params":[],"id":"2"},{"foo":"boo"},
          {"jsonrpc":"2.0","method":"foo.get","params":{"name":"myself"},"id":"5"},{"jsonrpc":"2.0","method":"interaction.list","id":"9"}]`,
        [
          { id: '1', result: {} },
          { id: '2', result: {} },
          { id: null, error: { code: -32600 } },
          { id: '5', error: { code: -32601 } },
          { id: '9', result: {} },
        ],
      ],
      [
        'a batch of notifications',
        '[{"jsonrpc":"2.0","method":"lead.list"},{"jsonrpc":"2.0","method":"lead.list","params":[7]}]',
        undefined,
      ],
      ['version 1.0', '{"jsonrpc":"1.0","method":"lead.list","id":7}', { id: 7, error: { code: -32600 } }],
      ['version 2.0 as a number', '{"jsonrpc":2.0,"method":"lead.list","id":7}', { id: 7, error: { code: -32600 } }],
      ['no version', '{"method":"lead.list","id":7}', { id: 7, error: { code: -32600 } }],
      [
        'parameters that are a text',
        '{"jsonrpc":"2.0","method":"lead.list","params":"bar","id":7}',
        { id: 7, error: { code: -32600 } },
      ],
    ])('answers %s as the specification says', async (what, text, expected) => {
      if (expected !== undefined) return expect(await exchange(text)).toMatchObject(expected);
      // nothing must come, so what comes is the answer to the next message
      if (_ === 'HTTP') return expect([what, (await post(text)).status]).toEqual([what, 204]);
      const socket = await connect();
      socket.send(text);
      expect(await ask(socket, call('no.such', {}, 'next'))).toMatchObject({ id: 'next' });
      socket.close();
    });

    it('knows every name that the design and the data set use', async () => {
      const names = [
        ...herald.app
          .get(OperationRegistry)
          .all()
          .map(({ name }) => name),
        'resource.read',
        'resource.write',
        'resource.search',
        'getLead',
        'updateLead',
        'trackEvent',
        'fetchMemory',
        'storeMemory',
        'consolidateMemory',
        'searchGraph',
        'recommendAction',
        'optimizeCampaign',
      ];
      expect(names).toEqual(
        expect.arrayContaining(['agent.handoff', 'campaign.optimize', 'lead.triage', 'memory.asOf', 'graph.paths']),
      );
      for (let start = 0; start < names.length; start += MAX_BATCH) {
        const part = names.slice(start, start + MAX_BATCH);
        const answers = (await exchange(
          part.map((name) => call(name, { nothing_like_it: 1 }, name)),
        )) as unknown as Answer[];
        expect(answers.map(({ id, error }) => [id, error?.code])).toEqual(part.map((name) => [name, -32602]));
      }
      const lead = await storeLead(herald);
      expect((await exchange(call('updateLead', { lead_id: lead.lead_id, industry: 'Retail' }))).result).toMatchObject({
        industry: 'Retail',
      });
      expect(
        (await exchange(call('trackEvent', { lead_id: lead.lead_id, channel: 'Email', event_type: 'reply' }))).result,
      ).toMatchObject({ lead_id: lead.lead_id });
      expect((await exchange(call('fetchMemory', { lead_id: lead.lead_id }))).error).toBeUndefined();
    });

    it('does a call with an idempotency key once', async () => {
      const message = call('lead.create', { ...aLead(), _meta: { idempotency_key: `once-${_}` } });
      const [first, second] = [await exchange(message), await exchange(message)];
      expect(second.result!.lead_id).toBe(first.result!.lead_id);
    });
  });

  it('hands work from agent to agent, whichever way they are called', async () => {
    const { lead_id } = await storeLead(herald);
    const types: unknown[] = [];
    for (const to_agent of [
      'EN-001',
      'EN',
      'engagement_002',
      'engagement',
      'Engagement',
      'OP-001',
      'OP',
      'campaign_optimizer',
      'Optimizer',
      'Manager',
    ]) {
      const { result } = await overHttp(
        call('agent.handoff', {
          from_agent: 'LT-001',
          to_agent,
          lead_id,
          conversation_id: `C-${to_agent}`,
          context: {},
        }),
      );
      types.push(result!.to_agent_type);
    }
    for (const from_agent of ['LT-001', 'lead_triage_001', 'lead_triage', 'LeadTriage']) {
      const { result } = await overHttp(
        call('agent.handoff', {
          from_agent,
          to_agent: 'Manager',
          lead_id,
          conversation_id: `C-${from_agent}`,
          context: {},
        }),
      );
      types.push(result!.from_agent_type);
    }
    expect(types).toEqual([
      ...Array(5).fill('Engagement'),
      ...Array(4).fill('Optimizer'),
      'Manager',
      ...Array(4).fill('LeadTriage'),
    ]);
  });

  it('does what REST can with users and keys, and ends a connection whose session is signed out over it', async () => {
    const { access_token, refresh_token } = (await herald.call('POST', '/api/v1/auth/login', ADMIN, { token: null }))
      .body;
    const socket = await connect({ authorization: `Bearer ${access_token}` });
    const { result: key } = await ask(
      socket,
      call('api_key.create', { name: 'made over the socket', scopes: ['leads:read'] }),
    );
    expect(
      (await post(call('lead.list', { limit: 1 }), { 'x-api-key': String(key!.secret ?? key!.api_key ?? key!.key) }))
        .status,
    ).toBe(200);
    expect((await ask(socket, call('auth.me'))).result).toMatchObject({ kind: 'user' });
    const closed = closeCode(socket);
    socket.send(JSON.stringify(call('auth.logout', { refresh_token })));
    expect(await closed).toBe(4401);
  });

  it('signs in connections only, and alone', async () => {
    for (const exchange of [
      overHttp,
      async (message: object) => (await overSocket([message])) as unknown as Answer[],
    ]) {
      const answer = [await exchange(call('session.authenticate', { token: herald.token }))].flat()[0];
      expect(answer!.error).toMatchObject({ code: -32602, data: { code: 'sign_in_misplaced' } });
    }
  });

  it('answers notifications over HTTP with 204, and strangers with 401', async () => {
    expect((await post({ jsonrpc: '2.0', method: 'lead.list' })).status).toBe(204);
    const refused = await post(call('lead.list'), {});
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="herald"']);
    expect(await refused.json()).toMatchObject({ jsonrpc: '2.0', id: null, error: { code: -32001 } });
  });

  it('lets a WebSocket sign in with its first message, and with nothing else', async () => {
    const socket = await connect({});
    expect((await ask(socket, call('session.authenticate', { token: herald.token }))).result).toMatchObject({
      kind: 'user',
    });
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
    const other = await connect();
    const closed = closeCode(socket);
    const told = once(socket, 'message') as Promise<[Buffer]>;
    const revoked = await herald.call('DELETE', `/api/v1/api-keys/${key.key_id}`);
    expect(revoked.status).toBeLessThan(300);
    // it need not say anything
    expect(JSON.parse((await told)[0].toString())).toMatchObject({ id: null, error: { code: -32001 } });
    expect(await closed).toBe(4401);
    expect((await ask(other, call('lead.list', { limit: 1 }))).result).toBeDefined();
  });

  it('serves 200 connections at once while others misbehave', async () => {
    const binary = await connect();
    const oversize = await connect();
    const codes = Promise.all([closeCode(binary), closeCode(oversize)]);
    binary.send(Buffer.from([1, 2, 3]));
    oversize.send('x'.repeat(1024 * 1024 + 1));
    const sockets = await Promise.all(Array.from({ length: 200 }, () => connect()));
    const answers = await Promise.all(
      sockets.map((socket, index) =>
        ask(socket, index % 4 === 0 ? `junk ${index}` : call('lead.list', { limit: 1 }, index)),
      ),
    );
    answers.forEach((answer, index) =>
      expect(answer).toMatchObject(index % 4 === 0 ? { error: { code: -32700 } } : { id: index, result: {} }),
    );
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

  describe('with a slow reader', () => {
    const COUNT = 120;
    const flood = async (): Promise<{ slow: WebSocket; taken: Set<unknown> }> => {
      const slow = await connect();
      const taken = new Set<unknown>();
      slow.on('message', (data: Buffer) => taken.add((JSON.parse(data.toString()) as Answer).id));
      slow.pause();
      for (let id = 0; id < COUNT; id++) slow.send(JSON.stringify(call('memory.search', { scenario: 'long' }, id)));
      await answered(slow);
      return { slow, taken };
    };
    /** Until the server has stopped working for it: what it has run is no longer more than a moment ago. */
    const answered = async (slow: WebSocket): Promise<void> => {
      let runs = -1;
      for (let now = await searches(); now !== runs || slow.readyState !== WebSocket.OPEN; now = await searches()) {
        runs = now;
        await pause(100);
      }
    };
    const searches = async (): Promise<number> => {
      await herald.app.get(Journal).flush();
      return herald.app.get(Database).of(McpJsonrpcCall).count({ method: 'memory.search', transport: 'WebSocket' });
    };

    beforeAll(async () => {
      for (let n = 0; n < 20; n++) {
        const episode = {
          tier: 'episodic',
          scenario: 'long',
          action_sequence_json: ['a'],
          outcome_score: 1,
          notes: Array.from({ length: 2_000 }, (_, word) => `w${n}x${word}`).join(' '),
        };
        expect((await overHttp(call('storeMemory', episode))).result).toBeDefined();
      }
    });

    it('stops working for it, serves the others on, and gives it all its answers once it reads', async () => {
      const before = await searches();
      const { slow, taken } = await flood();
      expect((await searches()) - before).toBeLessThan(COUNT);
      expect((await overSocket(call('lead.list', { limit: 1 }))).result).toBeDefined();
      slow.resume();
      while (taken.size < COUNT) await pause(5);
      expect((await searches()) - before).toBe(COUNT);
      slow.close();
    });

    it('lets it go when it takes nothing for long', async () => {
      for (const socket of opened) socket.terminate();
      await connectionsLeft(0);
      const { slow } = await flood();
      const limits = herald.app.get(ConnectionLimits);
      limits.maxStallMs = 0;
      const closed = closeCode(slow);
      herald.app.get(RpcGateway).beat();
      limits.maxStallMs = 30_000;
      await connectionsLeft(0);
      slow.resume();
      expect([1006, 1013]).toContain(await closed);
    });
  });

  it('survives random frames on many sockets, and answers each with its own error or a clean close', async () => {
    const random = createRandom('frames');
    const sockets = await Promise.all(Array.from({ length: 50 }, () => connect()));
    const codes = new Set<number>();
    for (const socket of sockets) {
      socket.on('message', (data: Buffer) => {
        for (const answer of [JSON.parse(data.toString()) as Answer].flat()) {
          expect(answer).toMatchObject({
            jsonrpc: '2.0',
            ...(answer.error ? { error: { code: expect.any(Number) } } : { result: expect.anything() }),
          });
        }
      });
      socket.on('close', (code: number) => codes.add(code));
      for (let n = 0; n < 20; n++) socket.send(frameOf(random));
    }
    expect((await overSocket(call('lead.list', { limit: 1 }))).result).toBeDefined();
    await Promise.all(
      sockets
        .filter(({ readyState }) => readyState === WebSocket.OPEN)
        .map((socket) => {
          const closed = once(socket, 'close');
          socket.close();
          return closed;
        }),
    );
    expect([...codes].filter((code) => ![1003, 1005, 1006, 1009].includes(code))).toEqual([]);
  });

  it('serves as plain HTTP what asks for an upgrade that there is not', async () => {
    const { hostname, port } = new URL(herald.url);
    const raw = async (path: string, headers: readonly string[], body = ''): Promise<string> => {
      const socket = connectTcp(Number(port), hostname);
      const head = [
        `${body ? 'POST' : 'GET'} ${path} HTTP/1.1`,
        ...headers,
        `Content-Length: ${body.length}`,
        '',
        body,
      ];
      socket.write(head.join('\r\n'));
      const [first] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      return first.toString();
    };
    const h2c = [
      'Host: herald',
      'Connection: Upgrade, HTTP2-Settings',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA',
    ];
    expect(await raw('/health', h2c)).toMatch(/^HTTP\/1\.1 200 /);
    const signedIn = [...h2c, 'Content-Type: application/json', `Authorization: Bearer ${herald.token}`];
    expect(await raw('/rpc', signedIn, JSON.stringify(call('lead.list', { limit: 1 }, 'h2c')))).toContain('"id":"h2c"');
    const websocket = [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ];
    expect(await raw('/elsewhere', ['Host: herald', ...websocket])).toMatch(/^HTTP\/1\.1 404 /);
    expect(
      await raw('/rpc', ['Host: herald', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 7']),
    ).toMatch(/^HTTP\/1\.1 400 /);
    for (const host of ['herald', '[[[']) {
      const socket = connectTcp(Number(port), hostname);
      socket.write(['GET /rpc HTTP/1.1', `Host: ${host}`, ...websocket, '', ''].join('\r\n'));
      socket.resetAndDestroy();
    }
    expect((await overHttp(call('lead.list', { limit: 1 }))).result).toBeDefined();
  });

  it.each([
    ['no text in UTF-8', (socket: WebSocket) => socket.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false }), 1007],
    [
      'a frame in pieces that is too large',
      (socket: WebSocket) => {
        for (let piece = 0; piece < 20; piece++) socket.send('x'.repeat(64 * 1024), { fin: piece === 19 });
      },
      1009,
    ],
  ])('ends a connection that sends %s', async (_, send, code) => {
    const socket = await connect();
    const closed = closeCode(socket);
    send(socket);
    expect(await closed).toBe(code);
  });

  it.each([
    [{ 'content-type': 'text/plain' }, 'hello', 415],
    [{ 'content-type': 'application/json' }, `[${' '.repeat(20 * 1024 * 1024)}]`, 413],
  ])('refuses over HTTP what it does not read, in its own form: %j', async (headers, body, status) => {
    const response = await post(body, { authorization: `Bearer ${herald.token}`, ...headers } as Record<
      string,
      string
    >);
    expect([response.status, await response.json()]).toMatchObject([
      status,
      { jsonrpc: '2.0', id: null, error: { code: expect.any(Number) } },
    ]);
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
    expect(
      await database.of(McpJsonrpcCall).find({ transport: 'WebSocket', method: 'getLead', status_code: 404 }),
    ).not.toHaveLength(0);
    expect(
      await database
        .of(McpJsonrpcCall)
        .count({ transport: 'HTTP', method: 'resource.read', target_resource: 'db://leads' }),
    ).toBeGreaterThan(0);
    expect(await database.of(TransportWebsocketSession).count({})).toBeGreaterThan(0);
  });

  it('journals what is no call, who may not, signing in and its refusal too', async () => {
    const { body: key } = await herald.call('POST', '/api/v1/api-keys', { name: 'reader', scopes: ['leads:read'] });
    const apiKey = key.secret ?? key.api_key ?? key.key;
    const socket = await connect({});
    await ask(socket, call('session.authenticate', { api_key: apiKey }));
    await ask(socket, call('campaign.get', { campaign_id: 'C' }, {}));
    await ask(socket, '{"jsonrpc":');
    await ask(socket, call('resource.read', { uri: 'db://campaigns/C1' }));
    await ask(socket, call('resource.read', { uri: 'db://unheard/of' }));
    await ask(socket, call('campaign.list', {}));
    const stranger = await connect({});
    await ask(stranger, call('session.authenticate', { token: 'wrong' }));
    await (await post(call('\0odd'))).text();
    await herald.app.get(Journal).flush();
    const database = herald.app.get(Database);
    const calls = await database.of(McpJsonrpcCall).find({}, { order: { timestamp: 'desc' }, limit: 30 });
    const seen = calls.map(
      ({ method, status_code, source_agent_type }) => `${method} ${status_code} ${source_agent_type}`,
    );
    expect(seen).toEqual(
      expect.arrayContaining([
        'session.authenticate 200 api_key',
        'campaign.get 400 api_key',
        'rpc.none 400 api_key',
        'resource.read 403 api_key',
        'resource.read 404 api_key',
        'campaign.list 403 api_key',
        'session.authenticate 401 anonymous',
        'odd 404 user',
      ]),
    );
    for (const resource_uri of ['db://campaigns/C1', 'db://unheard/of']) {
      expect(
        await database.of(McpResourceAccess).count({ resource_uri, scope: 'read', success: false, actor: 'api_key' }),
      ).toBe(1);
    }
  });

  it('says in the audit that a resource was written through this door', async () => {
    const written = await overSocket(
      call('resource.write', { uri: 'db://leads', data: aLead({ source: 'Event' }), scope: 'write' }),
    );
    expect(written.result).toMatchObject({ source: 'Event' });
    await herald.app.get(Journal).flush();
    const database = herald.app.get(Database);
    const [audit] = await database
      .of(AuditEntry)
      .find({ operation: 'lead.create', door: 'rpc' }, { order: { at: 'desc' }, limit: 1 });
    expect(audit).toMatchObject({ principal_kind: 'user', request_id: expect.stringMatching(/^req_/) });
    expect(
      await database
        .of(McpResourceAccess)
        .count({ resource_uri: 'db://leads', scope: 'write', operation: 'UPSERT', success: true }),
    ).toBeGreaterThan(0);
  });
});

describe('live events over the JSON-RPC WebSocket', () => {
  let herald: StartedApp;
  const opened: WebSocket[] = [];

  /** A connection that sorts what comes into answers and notifications. */
  const connect = async (headers: Record<string, string> = { authorization: `Bearer ${herald.token}` }) => {
    const socket = new WebSocket(`${herald.url.replace('http', 'ws')}/rpc`, { headers });
    opened.push(socket);
    const notes: { method: string; params: { subscription_id: string; event: LiveEvent; after?: string } }[] = [];
    const waiting = new Map<unknown, (answer: Answer) => void>();
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString());
      if ('method' in message) notes.push(message);
      else waiting.get(message.id)!(message);
    });
    await once(socket, 'open');
    let lastId = 0;
    const ask = (method: string, params?: unknown) =>
      new Promise<Answer>((resolve) => {
        waiting.set(++lastId, resolve);
        socket.send(JSON.stringify(call(method, params, lastId)));
      });
    const subjects = (): string[] =>
      notes.filter(({ method }) => method === 'events.event').map(({ params }) => params.event.subject_id);
    return { socket, notes, ask, subjects };
  };
  const until = async (isSo: () => boolean): Promise<void> => {
    for (let tries = 0; !isSo(); tries++) {
      if (tries > 2_000) throw new Error('it did not come to be');
      await pause(5);
    }
  };
  const publish = (ids: readonly string[], data: Record<string, unknown> = {}): Promise<void> =>
    herald.app.get(UnitOfWork).run(async (unit) => {
      herald.app.get(LiveEvents).publish(
        unit,
        ids.map((id) => ({
          type: 'message.sent',
          subject_kind: 'message',
          subject_id: id,
          scope: 'messages:read',
          data: { status: 'sent', ...data },
        })),
      );
    });

  beforeAll(async () => {
    herald = await startApp();
  });
  afterAll(async () => {
    for (const socket of opened) socket.terminate();
    await herald?.stop();
  });

  it('come as notifications, by the same filters as over HTTP, until they are no longer wanted', async () => {
    const { ask, notes, subjects } = await connect();
    const { result } = await ask('events.subscribe', { types: ['handoff.*', 'message.sent'], subject: 'm1' });
    expect(result).toEqual({
      subscription_id: expect.stringMatching(/^sub_/),
      after: expect.stringMatching(/^\d+-\d+$/),
    });
    await publish(['m1', 'm2']);
    await until(() => notes.length === 1);
    expect(notes[0]).toEqual({
      jsonrpc: '2.0',
      method: 'events.event',
      params: {
        subscription_id: result!.subscription_id,
        event: expect.objectContaining({ type: 'message.sent', subject_id: 'm1', scope: 'messages:read' }),
      },
    });
    expect((await ask('events.unsubscribe', { subscription_id: result!.subscription_id })).result).toEqual({});
    expect((await ask('events.unsubscribe', { subscription_id: result!.subscription_id })).error).toMatchObject({
      code: -32004,
    });
    await publish(['m1']);
    await ask('lead.list', { limit: 1 });
    expect(subjects()).toEqual(['m1']);
  });

  it('go on after the event that was last seen, and say when some are lost', async () => {
    const first = await connect();
    await first.ask('events.subscribe');
    await publish(['a', 'b', 'c']);
    await until(() => first.subjects().length === 3);
    first.socket.terminate();
    await publish(['d']);
    const again = await connect();
    await again.ask('events.subscribe', { after: first.notes[0]!.params.event.event_id });
    await until(() => again.subjects().length === 3);
    expect(again.subjects()).toEqual(['b', 'c', 'd']);
    const lost = await connect();
    await lost.ask('events.subscribe', { after: '999999-0' });
    await until(() => lost.notes.length > 0);
    expect(lost.notes[0]).toMatchObject({ method: 'events.reset', params: { after: expect.any(String) } });
  });

  it('are only those whose scope the caller holds', async () => {
    const { body: key } = await herald.call('POST', '/api/v1/api-keys', { name: 'narrow', scopes: ['leads:read'] });
    const narrow = await connect({ 'x-api-key': key.secret ?? key.api_key ?? key.key });
    await narrow.ask('events.subscribe');
    await publish(['hidden']);
    const lead = await storeLead(herald);
    await until(() => narrow.notes.length > 0);
    expect(narrow.subjects()).toEqual([`db://leads/${lead.lead_id}`]);
  });

  it('come after the answer to the subscription, also in a batch', async () => {
    const { socket } = await connect();
    const messages: string[] = [];
    socket.removeAllListeners('message');
    socket.on('message', (data: Buffer) => messages.push(data.toString()));
    socket.send(JSON.stringify([call('events.subscribe', { after: 'oldest' }, 1), call('lead.create', aLead(), 2)]));
    await until(() => messages.length > 1);
    expect(JSON.parse(messages[0]!)).toMatchObject([{ id: 1 }, { id: 2 }]);
    expect(JSON.parse(messages[1]!)).toMatchObject({ method: 'events.event' });
  });

  it.each([
    [{ types: 'invented' }, -32602, 'types'],
    [{ types: 7 }, -32602, 'types'],
    [{ other: 1 }, -32602, 'other'],
  ])('refuse %j in words', async (params, code, path) => {
    const { ask, socket } = await connect();
    expect((await ask('events.subscribe', params)).error).toMatchObject({ code, data: { errors: [{ path }] } });
    socket.close();
  });

  it('have a limit of subscriptions for a connection', async () => {
    const { ask, socket } = await connect();
    const limits = herald.app.get(ConnectionLimits);
    for (let n = 0; n < limits.maxSubscriptions; n++) expect((await ask('events.subscribe')).result).toBeDefined();
    expect((await ask('events.subscribe')).error).toMatchObject({ code: -32029 });
    socket.close();
  });

  it('leave nothing behind of callers who hang up while they ask', async () => {
    for (const socket of opened.splice(0)) socket.terminate();
    for (let n = 0; n < 50; n++) {
      const { socket } = await connect();
      socket.send(JSON.stringify(call('events.subscribe')));
      if (n % 2 === 0) await new Promise(setImmediate);
      socket.terminate();
      const stream = new AbortController();
      const asked = fetch(`${herald.url}/api/v1/events`, {
        headers: { authorization: `Bearer ${herald.token}` },
        signal: stream.signal,
      }).catch(() => undefined);
      await pause(n % 5);
      stream.abort();
      await asked;
    }
    await until(() => herald.app.get(RpcGateway).openConnections === 0 && herald.app.get(EventHub).feedCount === 0);
  });

  it('are for WebSockets: over HTTP the caller is told where they are', async () => {
    const { body } = await herald.call('POST', '/rpc', call('events.subscribe'));
    expect(body.error).toMatchObject({
      code: -32602,
      message: expect.stringContaining('GET /api/v1/events'),
      data: { code: 'needs_websocket' },
    });
  });

  it('wait for a slow reader, cost it no memory here, and let it go when it takes nothing for long', async () => {
    const slow = await connect();
    await slow.ask('events.subscribe', { types: 'message.sent' });
    const quick = await connect();
    await quick.ask('events.subscribe', { types: 'message.sent' });
    slow.socket.pause();
    const names = Array.from({ length: 600 }, (_, index) => `s${index}`);
    const flood = async (): Promise<void> => {
      for (let start = 0; start < names.length; start += 100)
        await publish(names.slice(start, start + 100), { filler: 'x'.repeat(20_000) });
    };
    await flood();
    await until(() => quick.notes.length === names.length);
    expect(slow.notes.length).toBeLessThan(names.length);
    slow.socket.resume();
    await until(() => slow.notes.length === names.length);
    expect(slow.subjects()).toEqual(names);
    slow.socket.pause();
    await flood();
    await until(() => quick.notes.length === 2 * names.length);
    const limits = herald.app.get(ConnectionLimits);
    limits.maxStallMs = 0;
    const closed = once(slow.socket, 'close') as Promise<[number]>;
    herald.app.get(RpcGateway).beat();
    limits.maxStallMs = 30_000;
    slow.socket.resume();
    expect([1006, 1013]).toContain((await closed)[0]);
    expect((await quick.ask('lead.list', { limit: 1 })).result).toBeDefined();
  });
});

describe('the limits of JSON-RPC connections', () => {
  let herald: StartedApp;
  const clock = new FixedClock('2026-03-02T09:00:00.000Z');
  const connect = (headers: Record<string, string>, options = {}): WebSocket => {
    const socket = new WebSocket(`${herald.url.replace('http', 'ws')}/rpc`, { headers, ...options });
    socket.on('error', () => undefined);
    return socket;
  };
  const closeOf = async (socket: WebSocket): Promise<[number, string]> => {
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
    return [code, reason.toString()];
  };

  beforeAll(async () => {
    herald = await startApp({ clock });
  });
  afterAll(() => herald?.stop());

  it('give a stranger a time to sign in', async () => {
    const limits = herald.app.get(ConnectionLimits);
    limits.signInMs = 30;
    const socket = connect({});
    const said = once(socket, 'message') as Promise<[Buffer]>;
    expect(await closeOf(socket)).toEqual([4401, 'unauthenticated']);
    expect(JSON.parse((await said)[0].toString())).toMatchObject({
      id: null,
      error: { code: -32001, message: expect.stringContaining('session.authenticate') },
    });
    limits.signInMs = 10_000;
  });

  it('take only small frames from strangers', async () => {
    const socket = connect({});
    await once(socket, 'open');
    socket.send(JSON.stringify(call('session.authenticate', { token: 'x'.repeat(20_000) })));
    expect(await closeOf(socket)).toEqual([1009, 'sign in first']);
  });

  it('turn away who shows wrong credentials before it says anything', async () => {
    expect(await closeOf(connect({ authorization: 'Bearer wrong' }))).toEqual([4401, 'unauthenticated']);
  });

  it('keep to a number of connections', async () => {
    const limits = herald.app.get(ConnectionLimits);
    const first = connect({ authorization: `Bearer ${herald.token}` });
    await once(first, 'open');
    limits.maxConnections = herald.app.get(RpcGateway).openConnections;
    expect(await closeOf(connect({ authorization: `Bearer ${herald.token}` }))).toEqual([1013, 'too many connections']);
    limits.maxConnections = 10_000;
    first.send(JSON.stringify(call('lead.list', { limit: 1 })));
    await once(first, 'message');
    first.close();
  });

  it('compress nothing, whatever the client offers', async () => {
    const socket = connect({ authorization: `Bearer ${herald.token}` }, { perMessageDeflate: true });
    await once(socket, 'open');
    expect(socket.extensions).toBe('');
    socket.close();
  });

  it('cut an idle connection at the next beat when its token has run out', async () => {
    const socket = connect({ authorization: `Bearer ${herald.token}` });
    await once(socket, 'open');
    const closed = closeOf(socket);
    clock.advance(16 * 60_000);
    herald.app.get(RpcGateway).beat();
    expect(await closed).toEqual([4401, 'unauthenticated']);
  });
});

describe('the JSON-RPC door under a rate limit, and when the server stops', () => {
  it('tells a connection when to come back, and says goodbye', async () => {
    const herald = await startApp({ env: { HERALD_RATE_LIMIT: '20' } });
    const socket = new WebSocket(`${herald.url.replace('http', 'ws')}/rpc`, {
      headers: { authorization: `Bearer ${herald.token}` },
    });
    await once(socket, 'open');
    socket.send(JSON.stringify(Array.from({ length: 30 }, (_, id) => call('no.such', {}, id))));
    const [data] = (await once(socket, 'message')) as [Buffer];
    const last = (JSON.parse(data.toString()) as Answer[]).at(-1);
    expect(last).toMatchObject({
      id: 29,
      error: { code: -32029, data: { code: 'rate_limited', retry_after: expect.any(Number) } },
    });
    const closed = once(socket, 'close');
    await herald.stop();
    expect((await closed)[0]).toBe(1001);
  });
});
