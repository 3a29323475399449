import { randomUUID } from 'node:crypto';
import { StreamResponse, type Task, type TaskPushNotificationConfig } from '@a2a-js/sdk';
import type { Client } from '@a2a-js/sdk/client';
import { LegacyJsonRpcTransport } from '@a2a-js/sdk/compat/v0_3/client';
import { FixedClock } from '../src/config/index.js';
import { Database, UnitOfWork } from '../src/database/index.js';
import { A2aPushConfig } from '../src/doors/a2a/push/push-configs.js';
import { Queues } from '../src/queue/index.js';
import { OutboxRow } from '../src/queue/outbox-row.entity.js';
import {
  aRequest,
  type Caller,
  clientOf,
  data,
  eventually,
  fetchAs,
  keyWith,
  nameOf,
  PUBLIC_URL,
  stateOf,
  text,
} from './a2a-fixture.js';
import { startApp, type StartedApp } from './app.js';
import { startWebhookSink } from './webhook-sink.js';

const START = '2026-03-02T09:00:00.000Z';
const LATER_MS = 60 * 60_000;

let herald: StartedApp;
let client: Client;
let caller: Caller;
let sink: Awaited<ReturnType<typeof startWebhookSink>>;
const clock = new FixedClock(START);

beforeAll(async () => {
  herald = await startApp({
    clock,
    env: { HERALD_PUBLIC_URL: PUBLIC_URL, HERALD_OUTBOUND_HTTP: '1', HERALD_OUTBOUND_ALLOW: '127.0.0.1' },
  });
  // a key, because the clock's leaps end every sign-in
  caller = await keyWith(herald, 'leads:read', 'leads:write');
  client = await clientOf(herald, 'lead-triage', caller);
}, 60_000);
beforeEach(async () => (sink = await startWebhookSink()));
afterEach(() => sink.stop());
afterAll(() => herald.stop());

const configFor = (over: Partial<TaskPushNotificationConfig> = {}): TaskPushNotificationConfig => ({
  tenant: '',
  id: '',
  taskId: '',
  url: sink.url,
  token: 'my token',
  authentication: undefined,
  ...over,
});
const sendTold = async (
  over: Partial<TaskPushNotificationConfig> = {},
  parts = [data({ skill: 'lead.list', input: { limit: 1 } })],
) => (await client.sendMessage(aRequest(parts, {}, { taskPushNotificationConfig: configFor(over) }))) as Task;
const told = () => sink.calls.map(({ body }) => nameOf(StreamResponse.fromJSON(JSON.parse(body))));
const storedConfig = (taskId: string) =>
  herald.app
    .get(Database)
    .of(A2aPushConfig)
    .find({ task_id: taskId })
    .then(([config]) => config!);
/** Lets the retries come due one after another. */
const untilSettled = (taskId: string) =>
  eventually(
    async () => {
      await herald.app.get(Queues).idle({ timeoutMs: 30_000 });
      const config = await storedConfig(taskId);
      if (config.is_pending) clock.advance(LATER_MS);
      return config;
    },
    ({ is_pending }) => !is_pending,
  );

describe('push notifications', () => {
  it('tell every event of the task in its order, with the client’s token', async () => {
    const task = await sendTold();
    expect(stateOf(task)).toBe('COMPLETED');
    await eventually(
      () => storedConfig(task.id),
      ({ delivered_seq }) => delivered_seq === 4,
    );
    expect(told()).toEqual(['task SUBMITTED', 'WORKING', 'artifactUpdate', 'COMPLETED']);
    expect(sink.calls[0]!.headers).toMatchObject({
      'x-a2a-notification-token': 'my token',
      'content-type': 'application/a2a+json',
    });
    expect(sink.calls[0]!.headers).not.toHaveProperty('authorization');
  });

  it('carry the credentials that were asked for', async () => {
    const task = await sendTold({ authentication: { scheme: 'Bearer', credentials: 'abc' } });
    await eventually(
      () => storedConfig(task.id),
      ({ delivered_seq }) => delivered_seq === 4,
    );
    expect(sink.calls[0]!.headers.authorization).toBe('Bearer abc');
  });

  it('are tried again until they arrive, and none overtakes another', async () => {
    const accept = sink.answer;
    let refusals = 2;
    sink.answer = (response) => (refusals-- > 0 ? void response.writeHead(503).end() : accept(response));
    const task = await sendTold();
    await untilSettled(task.id);
    expect(told()).toEqual([
      'task SUBMITTED',
      'task SUBMITTED',
      'task SUBMITTED',
      'WORKING',
      'artifactUpdate',
      'COMPLETED',
    ]);
  });

  it.each([
    ['a receiver that is gone for good', 410],
    ['a redirect, which is not followed', 302],
  ])('are given up for %s', async (_, status) => {
    sink.answer = (response) => void response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end();
    const task = await sendTold();
    const config = await untilSettled(task.id);
    expect([sink.calls.length, config.given_up_reason]).toEqual([1, expect.stringContaining(String(status))]);
  });

  it('keep at most one delivery in the queue for an address that does not answer', async () => {
    sink.answer = (response) => void response.writeHead(500).end();
    const { id } = await sendTold();
    const open = await herald.app.get(Database).of(OutboxRow).find({ topic: 'a2a.push', status: 'open' });
    expect(open.filter(({ payload }) => (payload as { task_id: string }).task_id === id).length).toBeLessThanOrEqual(1);
    expect(await storedConfig(id)).toMatchObject({ delivered_seq: 0, is_pending: true });
  });

  it('do not wait twice for an address that says nothing', async () => {
    sink.answer = () => undefined;
    const first = await sendTold();
    const second = await sendTold();
    const errors = async () =>
      (await herald.app.get(Database).of(OutboxRow).find({ topic: 'a2a.push' }))
        .filter(({ payload }) => [first.id, second.id].includes((payload as { task_id: string }).task_id))
        .map(({ last_error }) => last_error ?? '');
    await eventually(errors, (all) => all.every((error) => error !== ''));
    const calls = sink.calls.length;
    // they are tried again, and find the address resting
    await eventually(
      async () => {
        clock.advance(LATER_MS);
        await herald.app.get(Queues).idle({ timeoutMs: 10_000 });
        return errors();
      },
      (all) => all.every((error) => error.includes('a moment ago')),
    );
    expect(sink.calls).toHaveLength(calls);
  }, 30_000);

  it('come in the shape of 0.3 where 0.3 registered them', async () => {
    const transport = new LegacyJsonRpcTransport({
      endpoint: `${PUBLIC_URL}/a2a/lead-triage`,
      fetchImpl: fetchAs(herald, caller),
    });
    const task = (await transport.sendMessage(
      aRequest([text('hello')], {}, { taskPushNotificationConfig: configFor() }),
    )) as Task;
    await eventually(
      () => storedConfig(task.id),
      ({ delivered_seq }) => delivered_seq === 2,
    );
    // 0.3 tells the task as it stands
    expect(sink.calls.map(({ body }) => JSON.parse(body))).toEqual(
      [1, 2].map(() =>
        expect.objectContaining({
          kind: 'task',
          id: task.id,
          status: expect.objectContaining({ state: 'input-required' }),
        }),
      ),
    );
  });
});

describe('push configurations', () => {
  it('are made, read, listed and taken away, and tell of what happens from then on', async () => {
    const { id: taskId } = (await client.sendMessage(aRequest([text('hello')]))) as Task;
    const made = await client.createTaskPushNotificationConfig(configFor({ taskId }));
    expect(made).toMatchObject({ id: expect.stringMatching(/^psh_/), taskId, url: sink.url, token: 'my token' });
    expect(await client.getTaskPushNotificationConfig({ tenant: '', taskId, id: made.id })).toEqual(made);
    const named = await client.createTaskPushNotificationConfig(configFor({ taskId, id: 'mine' }));
    expect(
      (await client.listTaskPushNotificationConfig({ tenant: '', taskId, pageSize: 0, pageToken: '' })).configs
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['mine', made.id].sort());
    await client.deleteTaskPushNotificationConfig({ tenant: '', taskId, id: made.id });
    await expect(client.getTaskPushNotificationConfig({ tenant: '', taskId, id: made.id })).rejects.toMatchObject({
      name: expect.stringContaining('TaskNotFound'),
    });
    await client.cancelTask({ tenant: '', id: taskId, metadata: undefined });
    await eventually(
      () => storedConfig(taskId),
      ({ delivered_seq }) => delivered_seq === 3,
    );
    expect([named.id, told()]).toEqual(['mine', ['CANCELED']]);
  });

  it.each([
    ['a private address', 'http://10.0.0.1/'],
    ['the metadata address', 'http://169.254.169.254/latest/'],
    ['another loopback address', 'http://127.0.0.2/'],
    ['a decimal address', 'http://167772161/'],
    ['a mapped address', 'http://[::ffff:10.0.0.1]/'],
    ['the loopback of IPv6', 'http://[::1]/'],
    ['credentials in the address', 'https://a:b@example.com/'],
    ['another protocol', 'file:///etc/passwd'],
    ['no address', 'nonsense'],
  ])('with %s are refused, alone and with a message', async (_, url) => {
    const { id: taskId } = (await client.sendMessage(aRequest([text('hello')]))) as Task;
    await expect(client.createTaskPushNotificationConfig(configFor({ taskId, url }))).rejects.toMatchObject({
      message: expect.stringContaining('url'),
    });
    const messageId = randomUUID();
    await expect(
      client.sendMessage(aRequest([text('hello')], { messageId }, { taskPushNotificationConfig: configFor({ url }) })),
    ).rejects.toMatchObject({ message: expect.stringContaining('url') });
  });

  it('with a token that would break out of its header are refused', async () => {
    const { id: taskId } = (await client.sendMessage(aRequest([text('hello')]))) as Task;
    await expect(
      client.createTaskPushNotificationConfig(configFor({ taskId, token: 'a\r\nX-Other: b' })),
    ).rejects.toMatchObject({ message: expect.stringContaining('token') });
  });

  it('of a name that is led to a private address after it was checked are given up at the delivery', async () => {
    const { id: taskId } = (await client.sendMessage(aRequest([text('hello')]))) as Task;
    const { id } = await client.createTaskPushNotificationConfig(configFor({ taskId }));
    const database = herald.app.get(Database);
    // the row is what a rebound name comes down to: an address that passed once and does not now
    await herald.app
      .get(UnitOfWork)
      .run((unit) => unit.of(A2aPushConfig).update({ task_id: taskId, config_id: id }, { url: 'http://10.0.0.1/' }));
    await client.cancelTask({ tenant: '', id: taskId, metadata: undefined });
    const config = await eventually(
      () => database.of(A2aPushConfig).get(taskId, id),
      (each) => each!.given_up_reason !== null,
    );
    expect(config!.given_up_reason).toContain('not on the public Internet');
  });
});
