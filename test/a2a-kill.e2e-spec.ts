import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StreamResponse, type Task } from '@a2a-js/sdk';
import type { Client } from '@a2a-js/sdk/client';
import { ADMIN, ServerProcess } from '../bench/kit/server-process.js';
import { PUBLIC_URL, aRequest, clientAt, data, dataIn, eventually, nameOf, stateOf, text } from './a2a-fixture.js';
import { type CompiledServer, compileServer } from './compile-server.js';
import { aLead } from './factories.js';
import { startWebhookSink } from './webhook-sink.js';

const TASKS = 40;
const FOLLOWED = 5;

/** One life of the server, and what a test does in it. */
interface Life {
  server: ServerProcess;
  client: Client;
  call(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Record<string, never> & { items: unknown[]; access_token: string; lead_id: string }>;
}

/** The number that an event bears. */
const numberOf = ({ payload }: StreamResponse): number => (payload!.value as Task).metadata!.event_sequence as number;

describe('A2A tasks of a server that is killed (-9)', () => {
  let compiled: CompiledServer;
  let dataDir: string;
  let life: Life;
  const leads: string[] = [];
  const requests: ReturnType<typeof aRequest>[] = [];
  const accepted: string[] = [];
  let asking: Task;
  let sink: Awaited<ReturnType<typeof startWebhookSink>>;
  /** The numbers of the events that a client had before its stream was cut, by task. */
  const seen = new Map<string, number[]>();

  async function begin(): Promise<Life> {
    const server = await ServerProcess.start({
      main: compiled.main,
      dataDir,
      env: { HERALD_PUBLIC_URL: PUBLIC_URL, HERALD_OUTBOUND_HTTP: '1', HERALD_OUTBOUND_ALLOW: '127.0.0.1' },
    });
    const url = `http://127.0.0.1:${await server.ready()}`;
    let token = '';
    const call: Life['call'] = async (method, path, body) => {
      const headers = {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      };
      return (
        await fetch(url + path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
      ).json() as never;
    };
    token = (await call('POST', '/api/v1/auth/login', ADMIN)).access_token;
    return { server, client: await clientAt(url, 'lead-triage', { token }), call };
  }

  /** Reads a stream until it ends or is cut. */
  async function follow(id: string, after: number): Promise<void> {
    const numbers: number[] = [];
    seen.set(id, numbers);
    try {
      for await (const event of life.client.resubscribeTask(
        { tenant: '', id },
        { serviceParameters: { 'Last-Event-ID': String(after) } },
      ))
        numbers.push(numberOf(event));
    } catch {
      // cut by the kill
    }
  }

  beforeAll(async () => {
    compiled = compileServer();
    dataDir = mkdtempSync(join(tmpdir(), 'herald-a2a-kill-'));
    life = await begin();
    for (let count = 0; count < TASKS; count++) leads.push((await life.call('POST', '/api/v1/leads', aLead())).lead_id);
    sink = await startWebhookSink();
    const taskPushNotificationConfig = {
      tenant: '',
      id: '',
      taskId: '',
      url: sink.url,
      token: 'mine',
      authentication: undefined,
    };
    asking = (await life.client.sendMessage(
      aRequest([text('triage somebody')], {}, { taskPushNotificationConfig }),
    )) as Task;
    await eventually(
      async () => sink.calls.length,
      (calls) => calls === 2,
    );
    const cut = [follow(asking.id, 0)];
    requests.push(
      ...leads.map((lead_id) =>
        aRequest([data({ input: { lead_id } })], { messageId: randomUUID() }, { returnImmediately: true }),
      ),
    );
    const sends = requests.map(async (request) => accepted.push(((await life.client.sendMessage(request)) as Task).id));
    await Promise.allSettled(sends);
    cut.push(...accepted.slice(0, FOLLOWED).map((id) => follow(id, 0)));
    await eventually(
      async () => [...seen.values()],
      (all) => all.every(({ length }) => length > 0),
    );
    // accepted, and for the most part not carried out yet
    await life.server.kill();
    await Promise.all(cut);
    life = await begin();
  }, 180_000);

  afterAll(async () => {
    await life.server.stop();
    await sink.stop();
    compiled.remove();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('are all carried out once the server is back, each exactly once', async () => {
    expect(accepted).toHaveLength(TASKS);
    const done = await Promise.all(
      accepted.map((id) =>
        eventually(
          () => life.client.getTask({ tenant: '', id }),
          (task) => stateOf(task) === 'COMPLETED',
        ),
      ),
    );
    expect(new Set(done.map(({ artifacts }) => dataIn(artifacts[0]!.parts).lead_id))).toEqual(new Set(leads));
    for (const lead_id of leads)
      expect((await life.call('GET', `/api/v1/decisions?kind=lead.triage&subject_id=${lead_id}`)).items).toHaveLength(
        1,
      );
  }, 120_000);

  it('are the same for their messages sent again', async () => {
    const again = await Promise.all(requests.map((request) => life.client.sendMessage(request)));
    expect(new Set(again.map((task) => (task as Task).id))).toEqual(new Set(accepted));
  });

  it('have lost no event, whichever was the last that the client had', async () => {
    for (const id of accepted.slice(0, 5)) {
      const names: string[] = [];
      for await (const event of life.client.resubscribeTask(
        { tenant: '', id },
        { serviceParameters: { 'Last-Event-ID': '0' } },
      ))
        names.push(nameOf(event));
      expect(names).toEqual(['task COMPLETED', 'task SUBMITTED', 'WORKING', 'artifactUpdate', 'COMPLETED']);
    }
  });

  it('are followed on by the clients whose streams were cut, without a gap and without an event twice', async () => {
    for (const [id, before] of seen) {
      if (id === asking.id) continue;
      // the first is the task as it stood, and bears the newest number
      const had = before.slice(1);
      const last = had.at(-1) ?? 0;
      await follow(id, last);
      const { metadata } = await life.client.getTask({ tenant: '', id });
      const whole = [...had, ...seen.get(id)!.slice(1)];
      expect(whole).toEqual(Array.from({ length: metadata!.event_sequence as number }, (_, at) => at + 1));
    }
  });

  it('that asked for something still take the answer, and the followers and the push address miss nothing of it', async () => {
    const done = (await life.client.sendMessage(aRequest([text(`lead ${leads[0]}`)], { taskId: asking.id }))) as Task;
    expect([done.id, stateOf(done)]).toEqual([asking.id, 'COMPLETED']);
    // events 1 and 2 came before the kill; the rest happened while the client was away
    expect(seen.get(asking.id)).toEqual([2, 1, 2]);
    await follow(asking.id, 2);
    expect(seen.get(asking.id)!.slice(1)).toEqual([3, 4, 5, 6]);
    // one whose arrival was not written down before the kill comes twice
    const told = () => [...new Set(sink.calls.map(({ body }) => nameOf(StreamResponse.fromJSON(JSON.parse(body)))))];
    expect(
      await eventually(
        async () => told(),
        (names) => names.length === 6,
      ),
    ).toEqual(['task SUBMITTED', 'INPUT_REQUIRED', 'SUBMITTED', 'WORKING', 'artifactUpdate', 'COMPLETED']);
  });
});
