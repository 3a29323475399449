import { createRandom } from '../src/config/index.js';
import { ADMIN } from './app.js';
import { type StartedApp, startApp } from './app.js';
import { storeLead } from './factories.js';
import { ValueMaker } from './fuzz/fuzz-values.js';

/** Longer and other searches: HERALD_FUZZ_ROUNDS=5000 HERALD_FUZZ_SEED=2. */
const ROUNDS = Number(process.env.HERALD_FUZZ_ROUNDS ?? 600);
const SEED = process.env.HERALD_FUZZ_SEED ?? 'a2a';
const AT_ONCE = 10;
/** A stream of a task that waits has no end. */
const PATIENCE_MS = 5_000;

describe('the A2A door, fed with junk', () => {
  let herald: StartedApp;
  let maker: ValueMaker;
  let calls: [string, Record<string, unknown>][];

  beforeAll(async () => {
    herald = await startApp();
    const { lead_id } = await storeLead(herald);
    maker = new ValueMaker(createRandom(SEED), () => ({}), new Map());
    const message = (over: object = {}) => ({
      messageId: 'm',
      role: 'ROLE_USER',
      contextId: 'c',
      parts: [{ text: `lead ${lead_id}` }, { data: { skill: 'lead.get', input: { lead_id } } }],
      metadata: { skill: 'lead.get' },
      ...over,
    });
    const waiting = await post('/a2a/lead-triage', {
      jsonrpc: '2.0',
      id: 1,
      method: 'SendMessage',
      params: { message: { ...message(), metadata: {}, parts: [{ text: 'hello' }] } },
    });
    const { id } = (JSON.parse(waiting.text) as { result: { task: { id: string } } }).result.task;
    const config = {
      taskId: id,
      id: 'p',
      url: 'https://93.184.215.14/',
      token: 't',
      authentication: { scheme: 'Bearer', credentials: 'c' },
    };
    const configuration = {
      acceptedOutputModes: ['text/plain'],
      historyLength: 1,
      returnImmediately: true,
      taskPushNotificationConfig: config,
    };
    calls = [
      ['SendMessage', { message: message(), configuration, metadata: { a: 1 }, tenant: '' }],
      ['SendStreamingMessage', { message: message(), configuration: { historyLength: 1 } }],
      ['SendMessage', { message: message({ taskId: id, contextId: '' }), configuration }],
      ['GetTask', { id, historyLength: 2 }],
      [
        'ListTasks',
        {
          contextId: 'c',
          status: 'TASK_STATE_WORKING',
          pageSize: 10,
          pageToken: 'x',
          historyLength: 1,
          statusTimestampAfter: '2026-01-01T00:00:00Z',
          includeArtifacts: true,
        },
      ],
      ['CancelTask', { id: 'none', metadata: {} }],
      ['SubscribeToTask', { id: 'none' }],
      ['CreateTaskPushNotificationConfig', config],
      ['GetTaskPushNotificationConfig', { taskId: id, id: 'p' }],
      ['ListTaskPushNotificationConfigs', { taskId: id, pageSize: 10, pageToken: '' }],
      ['DeleteTaskPushNotificationConfig', { taskId: id, id: 'q' }],
      ['GetExtendedAgentCard', {}],
      [
        'message/send',
        {
          message: { kind: 'message', messageId: 'm', role: 'user', parts: [{ kind: 'text', text: 'x' }] },
          configuration: { blocking: false, pushNotificationConfig: { url: 'https://93.184.215.14/' } },
        },
      ],
      ['tasks/get', { id, historyLength: 1 }],
      [
        'tasks/pushNotificationConfig/set',
        { taskId: id, pushNotificationConfig: { id: 'p', url: 'https://93.184.215.14/' } },
      ],
    ];
  }, 60_000);
  afterAll(() => herald.stop());

  async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(herald.url + path, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: { authorization: `Bearer ${herald.token}`, 'content-type': 'application/json', ...headers },
    });
    return { status: response.status, text: await response.text() };
  }

  /** The value with something odd in one place. */
  function spoiled(value: unknown): unknown {
    if (typeof value !== 'object' || value === null || maker.chance(0.15)) return maker.odd({});
    if (Array.isArray(value)) return value.map((each, at) => (at === 0 ? spoiled(each) : each));
    const fields = Object.entries(value);
    if (fields.length === 0) return { [maker.oddText()]: maker.odd({}) };
    const name = maker.pick(fields)[0];
    return Object.fromEntries(fields.map(([each, inner]) => [each, each === name ? spoiled(inner) : inner]));
  }

  function complaintAbout({ status, text }: { status: number; text: string }): string | undefined {
    if (status >= 500) return `status ${status}`;
    if (/-32603|something went wrong|Cannot read|is not a function|is not iterable|undefined/.test(text))
      return 'a fault of ours';
    if (/Invalid params: a field has the wrong type/.test(text)) return 'an error that names no field';
    return undefined;
  }

  it('answers in the protocol’s words, blames nobody but the sender, and serves on', async () => {
    const complaints: unknown[] = [];
    const round = async (): Promise<void> => {
      const [method, params] = maker.pick(calls);
      const spoilt = spoiled({
        ...params,
        ...(params.message ? { message: { ...params.message, messageId: crypto.randomUUID() } } : {}),
      });
      const envelope = maker.chance(0.9)
        ? { jsonrpc: '2.0', id: 1, method, params: spoilt }
        : spoiled({ jsonrpc: '2.0', id: 1, method, params });
      const version: Record<string, string> = maker.chance(0.9)
        ? {}
        : { 'a2a-version': maker.pick(['2.0', '1', 'x', '0.3', '1.0', '1.0.7', '']) };
      const isRest = maker.chance(0.3) && method.startsWith('Send');
      const body = isRest ? spoilt : envelope;
      const path = isRest
        ? `/a2a/lead-triage/message:${method === 'SendMessage' ? 'send' : 'stream'}`
        : '/a2a/lead-triage';
      const answer = await post(path, body, version).catch((error: unknown) => ({ status: 599, text: String(error) }));
      const complaint = complaintAbout(answer);
      if (complaint)
        complaints.push({
          complaint,
          path,
          version,
          body: JSON.stringify(body)?.slice(0, 600),
          answer: answer.text.slice(0, 300),
        });
    };
    for (let done = 0; done < ROUNDS; done += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, round));
    expect(complaints.slice(0, 5)).toEqual([]);
    const { status } = await herald.call('POST', '/api/v1/auth/login', ADMIN);
    expect(status).toBeLessThan(300);
  }, 120_000);
});
