import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Task } from '@a2a-js/sdk';
import type { Client } from '@a2a-js/sdk/client';
import { ADMIN, ServerProcess } from '../bench/kit/server-process.js';
import { PUBLIC_URL, aRequest, clientAt, data, dataIn, eventually, nameOf, stateOf, text } from './a2a-fixture.js';
import { type CompiledServer, compileServer } from './compile-server.js';
import { copyQueueTemplate } from './contracts/queue-fixture.js';
import { aLead } from './factories.js';

const TASKS = 40;

/** One life of the server, and what a test does in it. */
interface Life {
  server: ServerProcess;
  client: Client;
  call(method: string, path: string, body?: unknown): Promise<Record<string, never> & { items: unknown[]; access_token: string; lead_id: string }>;
}

describe('A2A tasks of a server that is killed (-9)', () => {
  let compiled: CompiledServer;
  let dataDir: string;
  let life: Life;
  const leads: string[] = [];
  const requests: ReturnType<typeof aRequest>[] = [];
  const accepted: string[] = [];
  let asking: Task;

  async function begin(): Promise<Life> {
    const server = await ServerProcess.start({ main: compiled.main, dataDir, env: { HERALD_PUBLIC_URL: PUBLIC_URL } });
    const url = `http://127.0.0.1:${await server.ready()}`;
    let token = '';
    const call: Life['call'] = async (method, path, body) => {
      const headers = { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) };
      return (await fetch(url + path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })).json() as never;
    };
    token = (await call('POST', '/api/v1/auth/login', ADMIN)).access_token;
    return { server, client: await clientAt(url, 'lead-triage', { token }), call };
  }

  beforeAll(async () => {
    compiled = compileServer();
    dataDir = mkdtempSync(join(tmpdir(), 'herald-a2a-kill-'));
    await copyQueueTemplate(dataDir);
    life = await begin();
    for (let count = 0; count < TASKS; count++) leads.push((await life.call('POST', '/api/v1/leads', aLead())).lead_id);
    asking = (await life.client.sendMessage(aRequest([text('triage somebody')]))) as Task;
    requests.push(...leads.map((lead_id) => aRequest([data({ input: { lead_id } })], { messageId: randomUUID() }, { returnImmediately: true })));
    const sends = requests.map(async (request) => accepted.push(((await life.client.sendMessage(request)) as Task).id));
    await Promise.allSettled(sends);
    // accepted, and for the most part not carried out yet
    await life.server.kill();
    life = await begin();
  }, 180_000);

  afterAll(async () => {
    await life.server.stop();
    compiled.remove();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('are all carried out once the server is back, each exactly once', async () => {
    expect(accepted).toHaveLength(TASKS);
    const done = await Promise.all(accepted.map((id) => eventually(() => life.client.getTask({ tenant: '', id }), (task) => stateOf(task) === 'COMPLETED')));
    expect(new Set(done.map(({ artifacts }) => dataIn(artifacts[0]!.parts).lead_id))).toEqual(new Set(leads));
    for (const lead_id of leads) expect((await life.call('GET', `/api/v1/decisions?kind=lead.triage&subject_id=${lead_id}`)).items).toHaveLength(1);
  }, 120_000);

  it('are the same for their messages sent again', async () => {
    const again = await Promise.all(requests.map((request) => life.client.sendMessage(request)));
    expect(new Set(again.map((task) => (task as Task).id))).toEqual(new Set(accepted));
  });

  it('have lost no event, whichever was the last that the client had', async () => {
    for (const id of accepted.slice(0, 5)) {
      const names: string[] = [];
      for await (const event of life.client.resubscribeTask({ tenant: '', id }, { serviceParameters: { 'Last-Event-ID': '0' } })) names.push(nameOf(event));
      expect(names).toEqual(['task COMPLETED', 'task SUBMITTED', 'WORKING', 'artifactUpdate', 'COMPLETED']);
    }
  });

  it('that asked for something still take the answer', async () => {
    const done = (await life.client.sendMessage(aRequest([text(`lead ${leads[0]}`)], { taskId: asking.id }))) as Task;
    expect([done.id, stateOf(done)]).toEqual([asking.id, 'COMPLETED']);
  });
});
