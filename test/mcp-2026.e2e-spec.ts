import type { Client } from '@modelcontextprotocol/client';
import { FixedClock } from '../src/config/index.js';
import { OpenStreams } from '../src/doors/wire/index.js';
import { Database, UnitOfWork } from '../src/database/index.js';
import { LiveEvents } from '../src/live-events/index.js';
import { conflict, invalid } from '../src/errors/index.js';
import { CallTask } from '../src/doors/mcp/tasks/call-task.entity.js';
import { CallTasks } from '../src/doors/mcp/index.js';
import { type StartedApp, startApp } from './app.js';
import { storeLead } from './factories.js';
import { MODERN, SESSIONS, connectMcp, makeKey, modernPost, postMcp, problemIn, until } from './mcp-client.js';

const TASKS = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
const CAN_SHOW = { elicitation: { url: {} } };

interface RpcAnswer {
  result: Record<string, never>;
  error: { code: number; message: string; data: Record<string, never> };
}

describe('MCP 2026-07-28', () => {
  let herald: StartedApp;
  let clock: FixedClock;
  let lead_id: string;
  const clients: Client[] = [];

  const ask = async (
    method: string,
    params?: Record<string, unknown>,
    choice: { capabilities?: object; token?: string } = {},
  ): Promise<RpcAnswer> => {
    const response = await modernPost(
      choice.token ? { ...herald, token: choice.token } : herald,
      method,
      params,
      choice,
    );
    return (await response.json()) as RpcAnswer;
  };
  const call = async (name: string, args: object, choice?: Parameters<typeof ask>[2], more: object = {}) =>
    ask('tools/call', { name, arguments: args, ...more }, choice);
  const connect = async (options: Parameters<typeof connectMcp>[2] = {}) => {
    const connected = await connectMcp(herald, MODERN, options);
    clients.push(connected.client);
    return connected.client;
  };

  beforeAll(async () => {
    clock = new FixedClock('2026-05-04T09:00:00.000Z');
    herald = await startApp({ clock });
    lead_id = (await storeLead(herald)).lead_id as string;
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });
  afterAll(() => herald.stop());

  it('is discovered without a session, and says what it can do', async () => {
    const response = await modernPost(herald, 'server/discover');
    expect(response.headers.get('mcp-session-id')).toBeNull();
    const { result } = (await response.json()) as RpcAnswer;
    expect(result).toMatchObject({
      resultType: 'complete',
      supportedVersions: expect.arrayContaining([MODERN]),
      cacheScope: 'private',
      ttlMs: 60_000,
      capabilities: {
        tools: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        prompts: { listChanged: true },
        completions: {},
        extensions: TASKS.extensions,
      },
    });
  });

  it('says of every answer what it is and how long it keeps', async () => {
    expect((await ask('resources/list')).result).toMatchObject({
      resultType: 'complete',
      ttlMs: 5_000,
      cacheScope: 'private',
    });
    for (const method of ['tools/list', 'resources/templates/list', 'prompts/list']) {
      expect((await ask(method)).result).toMatchObject({
        resultType: 'complete',
        ttlMs: 60_000,
        cacheScope: 'private',
      });
    }
    expect((await ask('resources/read', { uri: 'db://leads' })).result).toMatchObject({
      resultType: 'complete',
      ttlMs: 0,
      cacheScope: 'private',
    });
  });

  it('gives long lists by the page, each tool once and in order', async () => {
    const names: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const { result } = (await ask('tools/list', cursor === undefined ? {} : { cursor })) as unknown as {
        result: { tools: { name: string }[]; nextCursor?: string };
      };
      expect(result.tools.length).toBeLessThanOrEqual(50);
      names.push(...result.tools.map(({ name }) => name));
      cursor = result.nextCursor;
      pages++;
    } while (cursor !== undefined);
    expect(pages).toBeGreaterThan(1);
    expect(names).toEqual([...new Set(names)].sort());
    expect((await ask('tools/list', { cursor: 'made-up' })).error).toMatchObject({
      code: -32602,
      message: expect.stringContaining('cursor'),
    });
  });

  it.each([
    ['a revision that there is not', { 'mcp-protocol-version': '2031-01-01' }, '2031-01-01', -32022],
    [
      'a header that differs from the body',
      { 'mcp-protocol-version': MODERN, 'mcp-method': 'tools/call' },
      MODERN,
      -32020,
    ],
  ])('answers 400 to %s', async (_, headers, revision, code) => {
    const meta = {
      'io.modelcontextprotocol/protocolVersion': revision,
      'io.modelcontextprotocol/clientInfo': { name: 'x', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const response = await postMcp(
      herald,
      { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: meta } },
      { 'mcp-method': 'tools/list', ...headers },
    );
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code } });
  });

  it('asks for a person with input_required, and goes on by plain retry after the decision', async () => {
    const doomed = (await storeLead(herald)).lead_id as string;
    const { secret: token } = await makeKey(herald, 'modern deleter', ['leads:write']);
    const choice = { token, capabilities: CAN_SHOW };
    const first = (await call('lead_delete', { lead_id: doomed }, choice)).result as unknown as {
      resultType: string;
      inputRequests: { approval: { method: string; params: { mode: string; url: string } } };
    };
    expect(first).toMatchObject({
      resultType: 'input_required',
      inputRequests: { approval: { method: 'elicitation/create', params: { mode: 'url' } } },
    });
    const approvalId = /apr_\w+/.exec(first.inputRequests.approval.params.url)![0];

    // an answer that says yes is only an answer
    const answered = await call('lead_delete', { lead_id: doomed }, choice, {
      inputResponses: { approval: { action: 'accept', content: { approved: true } } },
    });
    expect(problemIn(answered.result)).toMatchObject({ code: 'approval_pending', approval_id: approvalId });
    expect((await herald.call('GET', `/api/v1/leads/${doomed}`)).status).toBe(200);

    await herald.call('POST', `/api/v1/approvals/${approvalId}/approve`, {});
    const done = await call('lead_delete', { lead_id: doomed }, choice);
    expect(done.result).toMatchObject({ resultType: 'complete', structuredContent: {} });
    expect((await herald.call('GET', `/api/v1/leads/${doomed}`)).status).toBe(404);
  });

  it('asks once for what is called many times at once', async () => {
    const doomed = (await storeLead(herald)).lead_id as string;
    const { secret: token } = await makeKey(herald, 'hasty', ['leads:write']);
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => call('lead_delete', { lead_id: doomed }, { token })),
    );
    expect(new Set(answers.map(({ result }) => problemIn(result).approval_id)).size).toBe(1);
  });

  it('says once that nobody decided in time', async () => {
    const kept = (await storeLead(herald)).lead_id as string;
    const { secret: token } = await makeKey(herald, 'patient', ['leads:write']);
    const pending = problemIn((await call('lead_delete', { lead_id: kept }, { token })).result);
    await herald.app
      .get(UnitOfWork)
      .run((unit) =>
        unit.execute('UPDATE approvals SET expires_at = ? WHERE approval_id = ?', [
          '2026-05-04T08:59:00.000Z',
          pending.approval_id,
        ]),
      );
    expect(problemIn((await call('lead_delete', { lead_id: kept }, { token })).result)).toMatchObject({
      code: 'approval_expired',
      approval_id: pending.approval_id,
    });
    const events = await herald.app.get(LiveEvents).after(undefined, { types: ['approval.expired'], limit: 10 });
    expect(events.map(({ subject_id }) => subject_id)).toEqual([pending.approval_id]);
    expect((await herald.call('POST', `/api/v1/approvals/${pending.approval_id}/approve`, {})).status).toBe(409);
    expect((await herald.call('GET', `/api/v1/leads/${kept}`)).status).toBe(200);
  });

  it('refuses to have approved what the caller could not do, or what needs no approval', async () => {
    const { secret: token } = await makeKey(herald, 'viewer', ['leads:read']);
    const refusal = async (operation: string, input: object) =>
      problemIn((await call('approval_request', { operation, input }, { token })).result);
    expect(await refusal('lead.delete', { lead_id })).toMatchObject({ status: 403 });
    expect(await refusal('lead.get', { lead_id })).toMatchObject({
      status: 400,
      errors: [{ path: 'operation', reason: expect.stringContaining('needs no approval') }],
    });
    expect(await refusal('lead.enchant', {})).toMatchObject({
      status: 400,
      errors: [{ path: 'operation', reason: expect.stringContaining('no operation') }],
    });
  });

  describe('subscriptions', () => {
    it('listens to what changes, as far as the scopes go', async () => {
      const { secret } = await makeKey(herald, 'listener', ['leads:read']);
      const client = await connect({ token: secret });
      const told: string[] = [];
      client.setNotificationHandler('notifications/resources/updated', ({ params }) => void told.push(params.uri));
      const wanted = [`db://leads/${lead_id}`, 'db://leads', 'db://campaigns', 'db://nothing'];
      const subscription = await client.listen({ resourceSubscriptions: wanted, toolsListChanged: true });
      expect(subscription.honoredFilter).toEqual({
        toolsListChanged: true,
        resourceSubscriptions: [`db://leads/${lead_id}`, 'db://leads'],
      });
      await herald.call('PATCH', `/api/v1/leads/${lead_id}`, { industry: 'Energy' });
      await until(() => told.length >= 2, 'both updates');
      expect([...told].sort()).toEqual(['db://leads', `db://leads/${lead_id}`]);
      await subscription.close();
      expect(await subscription.closed).toBe('local');
    });

    it('ends when the token is revoked', async () => {
      const { secret, id } = await makeKey(herald, 'revoked listener', ['leads:read']);
      const client = await connect({ token: secret });
      const subscription = await client.listen({ resourceSubscriptions: ['db://leads'] });
      await herald.call('DELETE', `/api/v1/api-keys/${id}`);
      await herald.app.get(OpenStreams).check();
      expect(await subscription.closed).toBe('remote');
    });
  });

  describe('tasks', () => {
    const begin = async (token?: string) => {
      const { result } = await call(
        'memory_consolidate',
        {},
        { capabilities: TASKS, ...(token !== undefined && { token }) },
      );
      return result as unknown as { resultType: string; taskId: string; status: string; ttlMs: number };
    };
    const stateOf = async (taskId: string, token?: string) =>
      ask('tasks/get', { taskId }, { capabilities: TASKS, ...(token !== undefined && { token }) });

    it('gives a handle for long work, and its answer when it is asked for', async () => {
      const task = await begin();
      expect(task).toMatchObject({
        resultType: 'task',
        taskId: expect.stringMatching(/^task_[\w-]{24}$/),
        status: 'working',
        pollIntervalMs: 1000,
      });
      await until(
        async () => ((await stateOf(task.taskId)).result.status as string) !== 'working',
        'the end of the task',
      );
      expect((await stateOf(task.taskId)).result).toMatchObject({
        resultType: 'complete',
        taskId: task.taskId,
        status: 'completed',
        result: { structuredContent: expect.any(Object), content: [{ type: 'text' }] },
      });
      expect(
        (await ask('tasks/update', { taskId: task.taskId, inputResponses: {} }, { capabilities: TASKS })).result,
      ).toMatchObject({ resultType: 'complete' });
    });

    it('answers at once to clients that know no tasks', async () => {
      expect((await call('memory_consolidate', {})).result).toMatchObject({
        resultType: 'complete',
        structuredContent: expect.any(Object),
      });
    });

    it('shows a task to nobody but the one who began it', async () => {
      const { secret } = await makeKey(herald, 'curious', ['memory:rw']);
      const { taskId } = await begin();
      for (const method of ['tasks/get', 'tasks/cancel', 'tasks/update']) {
        const { error } = await ask(method, { taskId, inputResponses: {} }, { capabilities: TASKS, token: secret });
        expect(error).toMatchObject({ code: -32602, data: { code: 'task_not_found' } });
      }
    });

    const start = async (run: (signal: AbortSignal) => Promise<object>) => {
      const controller = new AbortController();
      const me = await herald.call('GET', '/api/v1/auth/me');
      const principalId = me.body.id as string;
      const { task_id } = await herald.app
        .get(CallTasks)
        .start({ operation: 'test.work', principalId, controller, run: () => run(controller.signal) });
      return task_id;
    };

    it('cancels', async () => {
      const taskId = await start(
        (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
      );
      expect((await stateOf(taskId)).result).toMatchObject({ status: 'working' });
      expect((await ask('tasks/cancel', { taskId }, { capabilities: TASKS })).result).toMatchObject({
        resultType: 'complete',
      });
      expect((await stateOf(taskId)).result).toMatchObject({ status: 'cancelled' });
    });

    it('tells a refusal as the tool’s answer, and a fault of ours as an error without its inside', async () => {
      const refused = await start(() => Promise.reject(invalid('day', 'must be in the past')));
      const broken = await start(() => Promise.reject(new Error('secret inside')));
      await until(
        async () =>
          ((await stateOf(broken)).result.status as string) === 'failed' &&
          ((await stateOf(refused)).result.status as string) === 'completed',
        'both ends',
      );
      const { result } = (await stateOf(refused)).result as unknown as {
        result: { isError: boolean; content: unknown };
      };
      expect(problemIn(result)).toMatchObject({
        status: 400,
        errors: [{ path: 'day', reason: 'must be in the past' }],
      });
      expect(JSON.stringify(await stateOf(broken))).not.toContain('secret inside');
    });

    it('reports a task whose process is gone as failed', async () => {
      const taskId = await start(() => Promise.resolve({ fine: true }));
      const tasks = herald.app.get(Database).of(CallTask);
      await until(async () => (await tasks.get(taskId))!.status === 'completed', 'the end of the task');
      // as a killed process leaves it
      await herald.app
        .get(UnitOfWork)
        .run((unit) => unit.of(CallTask).update({ task_id: taskId }, { status: 'working', answer: null }));
      expect((await stateOf(taskId)).result).toMatchObject({ status: 'working' });
      clock.advance(31_000);
      expect((await stateOf(taskId)).result).toMatchObject({
        status: 'failed',
        error: { message: expect.stringContaining('stopped') },
      });
    });

    it('stops what was cancelled in another process at the next beat', async () => {
      const aborted = new Promise<unknown>((resolve) => {
        void start(
          (signal) =>
            new Promise((_, reject) =>
              signal.addEventListener('abort', () => {
                resolve(signal.reason);
                reject(signal.reason as Error);
              }),
            ),
        )
          .then((taskId) =>
            herald.app
              .get(UnitOfWork)
              .run((unit) => unit.of(CallTask).update({ task_id: taskId }, { status: 'cancelled' })),
          )
          .then(() => herald.app.get(CallTasks).beat());
      });
      expect(await aborted).toEqual(conflict('cancelled', 'the task was cancelled'));
    });
  });

  it('serves both revisions side by side', async () => {
    const modern = await connect();
    const { client } = await connectMcp(herald, SESSIONS);
    clients.push(client);
    const [a, b] = await Promise.all([modern.listTools(), client.listTools()]);
    expect(a.tools.map(({ name }) => name)).toEqual(b.tools.map(({ name }) => name));
  });
});
