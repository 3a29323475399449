import { mkdtempSync, rmSync } from 'node:fs';
import { type IncomingMessage, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EventHub, EventStreams, MetricsSampler } from '../src/doors/events/index.js';
import { OpenStreams } from '../src/doors/wire/index.js';
import { FixedClock, Settings } from '../src/config/index.js';
import { UnitOfWork } from '../src/database/index.js';
import { EventSweep, type LiveEvent, LiveEvents, type NewLiveEvent } from '../src/live-events/index.js';
import { ADMIN, type StartedApp, startApp } from './app.js';
import { aLead, storeLead } from './factories.js';

interface Block {
  id?: string;
  event?: string;
  data?: string;
  comment?: string;
  retry?: string;
}

/** A reader of server-sent events that a test can stop and ask. */
class Reader {
  readonly blocks: Block[] = [];
  hasEnded = false;
  private text = '';

  private constructor(readonly response: IncomingMessage) {
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      const parts = (this.text + chunk).split('\n\n');
      this.text = parts.pop()!;
      this.blocks.push(...parts.map(blockOf));
    });
    response.on('close', () => (this.hasEnded = true));
    response.on('error', () => undefined);
  }

  static open(url: string, headers: Record<string, string>): Promise<Reader> {
    return new Promise((resolve, reject) => {
      get(url, { headers }, (response) => resolve(new Reader(response))).on('error', reject);
    });
  }

  get events(): LiveEvent[] {
    return this.blocks
      .filter(({ data, event }) => data !== undefined && event !== 'reset')
      .map(({ data }) => JSON.parse(data!) as LiveEvent);
  }

  get lastId(): string {
    return this.blocks.filter(({ id }) => id !== undefined).at(-1)!.id!;
  }

  close(): void {
    this.response.destroy();
  }
}

function blockOf(text: string): Block {
  return Object.fromEntries(
    text.split('\n').map((line) => {
      const [, name, value] = /^(\w*): ?(.*)$/.exec(line)!;
      return [name || 'comment', value];
    }),
  );
}

describe('the stream of events over HTTP', () => {
  let herald: StartedApp;
  const clock = new FixedClock('2026-03-02T09:00:00.000Z');
  const readers: Reader[] = [];

  const open = async (query = '', headers: Record<string, string> = {}): Promise<Reader> => {
    const reader = await Reader.open(`${herald.url}/api/v1/events${query}`, {
      authorization: `Bearer ${herald.token}`,
      ...headers,
    });
    readers.push(reader);
    await until(() => reader.blocks.length > 0 || reader.hasEnded || reader.response.statusCode !== 200);
    return reader;
  };
  const until = async (isSo: () => boolean): Promise<void> => {
    for (let tries = 0; !isSo(); tries++) {
      if (tries > 2_000) throw new Error('it did not come to be');
      await pause(5);
    }
  };
  const publish = (...ids: string[]): Promise<void> => publishAs({}, ...ids);
  const publishAs = (over: Partial<NewLiveEvent>, ...ids: string[]): Promise<void> =>
    herald.app.get(UnitOfWork).run(async (unit) => {
      herald.app.get(LiveEvents).publish(
        unit,
        ids.map((id) => ({
          type: 'message.sent',
          subject_kind: 'message',
          subject_id: id,
          scope: 'messages:read',
          data: { status: 'sent' },
          ...over,
        })),
      );
    });
  const subjects = (reader: Reader): string[] => reader.events.map(({ subject_id }) => subject_id);

  beforeAll(async () => {
    herald = await startApp({ clock });
  });
  afterEach(async () => {
    for (const reader of readers.splice(0)) reader.close();
    await until(() => herald.app.get(EventStreams).count === 0);
  });
  afterAll(() => herald?.stop());

  it('tells what happens, in the form of server-sent events', async () => {
    const reader = await open();
    expect(reader.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-request-id': expect.any(String),
    });
    expect(reader.blocks[0]).toEqual({ retry: expect.stringMatching(/^\d+$/), id: expect.any(String) });
    const lead = await storeLead(herald);
    await until(() => reader.events.length > 0);
    const [block] = reader.blocks.filter(({ event }) => event === 'resource.updated');
    const event = JSON.parse(block!.data!) as LiveEvent;
    expect(block).toEqual({ id: event.event_id, event: 'resource.updated', data: block!.data });
    expect(event).toEqual({
      event_id: expect.stringMatching(/^\d+-\d+$/),
      type: 'resource.updated',
      at: expect.any(String),
      subject_kind: 'resource',
      subject_id: `db://leads/${lead.lead_id}`,
      scope: 'leads:read',
      data: { lead_id: lead.lead_id },
    });
  });

  it('goes on where a reader left off, by header or query, and misses and repeats nothing', async () => {
    const first = await open();
    await publish('r1', 'r2', 'r3');
    await until(() => first.events.length === 3);
    const { event_id: second } = first.events[1]!;
    first.close();
    await publish('r4');
    for (const reader of [
      await open('', { 'last-event-id': second }),
      await open(`?after=${second}`),
      await open('?after=1-0', { 'last-event-id': second }),
    ]) {
      await publish('live');
      await until(() => subjects(reader).includes('live'));
      expect(subjects(reader).slice(0, 3)).toEqual(['r3', 'r4', 'live']);
    }
    const all = await open('?after=oldest&types=message.sent');
    await until(() => subjects(all).length >= 7);
    expect(subjects(all)).toEqual(['r1', 'r2', 'r3', 'r4', 'live', 'live', 'live']);
  });

  it('gives each caller the events that it asked for, as far as its scopes go', async () => {
    const { body: key } = await herald.call('POST', '/api/v1/api-keys', { name: 'watcher', scopes: ['leads:read'] });
    const headers = { authorization: `Bearer ${key.secret ?? key.api_key ?? key.key}` };
    const [all, handoffs, subject, limited] = [
      await open(),
      await open('?types=handoff.*,approval.decided'),
      await open('?subject=L-77'),
      await open('', headers),
    ];
    await publishAs({ type: 'handoff.requested', scope: 'handoffs:read', data: { lead_id: 'L-77' } }, 'hof_1');
    await publishAs({ type: 'resource.updated', scope: 'leads:read', data: { lead_id: 'L-78' } }, 'db://leads/L-78');
    await publish('msg_1');
    await until(() => all.events.length === 3 && limited.events.length === 1);
    expect([subjects(all), subjects(handoffs), subjects(subject), subjects(limited)]).toEqual([
      ['hof_1', 'db://leads/L-78', 'msg_1'],
      ['hof_1'],
      ['hof_1'],
      ['db://leads/L-78'],
    ]);
    const history = await herald.call('GET', '/api/v1/events/history?types=handoff.*&limit=1', undefined, {
      token: String(headers.authorization).slice(7),
    });
    expect([history.status, history.body.items]).toEqual([200, []]);
  });

  it.each([
    ['?types=handoff.invented', 400],
    ['?limit=3', 400],
    ['?types=', 200],
  ])('refuses %s in words', async (query, status) => {
    const reader = await open(query);
    expect(reader.response.statusCode).toBe(status);
  });

  it('refuses strangers', async () => {
    expect((await herald.call('GET', '/api/v1/events', undefined, { token: null })).status).toBe(401);
    expect((await herald.call('GET', '/api/v1/events/history', undefined, { token: null })).status).toBe(401);
  });

  it('says so when events were lost, and goes on from what is kept', async () => {
    const before = await open();
    const { lastId } = before;
    await publish('lost');
    clock.advance(8 * 86_400_000);
    herald.token = (await herald.call('POST', '/api/v1/auth/login', ADMIN, { token: null })).body.access_token;
    await publish('kept');
    await herald.app.get(EventSweep).sweep();
    for (const from of [lastId, 'made-up', '99999999-0']) {
      const reader = await open('', { 'last-event-id': from });
      await until(() => reader.events.length > 0);
      const [reset] = reader.blocks.filter(({ event }) => event === 'reset');
      expect(JSON.parse(reset!.data!)).toMatchObject({
        after: reset!.id,
        reason: expect.stringContaining('no longer kept'),
      });
      expect(subjects(reader)).toEqual(['kept']);
    }
  });

  it('lets a slow reader wait at its place without keeping its events in memory, and serves the others on', async () => {
    const hub = herald.app.get(EventHub);
    hub.kept = 50;
    const slow = await open('?types=message.sent');
    slow.response.pause();
    const quick = await open('?types=message.sent');
    const big = { data: { status: 'sent', filler: 'x'.repeat(20_000) } };
    const names = Array.from({ length: 1_000 }, (_, index) => `slow-${index}`);
    for (let start = 0; start < names.length; start += 100) await publishAs(big, ...names.slice(start, start + 100));
    // one block more, the greeting
    await until(() => quick.blocks.length > names.length);
    expect(slow.blocks.length).toBeLessThan(names.length);
    expect(hub.has(hub.end - names.length)).toBe(false);
    slow.response.resume();
    await until(() => slow.blocks.length > names.length);
    expect(subjects(slow)).toEqual(names);
    hub.kept = 5_000;
  });

  it('keeps the line open, and a reader of rare events at its place', async () => {
    const reader = await open('?types=escalation.opened');
    const first = reader.lastId;
    await publish('unwanted');
    await herald.app.get(LiveEvents).newest();
    await until(() => herald.app.get(EventHub).end > 0);
    herald.app.get(EventStreams).beat();
    await until(() => reader.blocks.some(({ comment }) => comment === 'beat'));
    expect(reader.lastId).not.toBe(first);
    expect(reader.events).toEqual([]);
  });

  it('ends when the credentials do: revoked here at once, run out at the next look', async () => {
    const { body: key } = await herald.call(
      'POST',
      '/api/v1/api-keys',
      { name: 'to be revoked', scopes: ['leads:read'] },
      { token: herald.token },
    );
    const reader = await open('', { authorization: `Bearer ${key.secret ?? key.api_key ?? key.key}` });
    const other = await open();
    expect(
      (await herald.call('DELETE', `/api/v1/api-keys/${key.key_id}`, undefined, { token: herald.token })).status,
    ).toBeLessThan(300);
    await until(() => reader.hasEnded);
    expect(reader.blocks.at(-1)).toEqual({ comment: 'the credentials are not valid any more' });
    expect(other.hasEnded).toBe(false);
    clock.advance(16 * 60_000);
    await herald.app.get(OpenStreams).check();
    await until(() => other.hasEnded);
    herald.token = (await herald.call('POST', '/api/v1/auth/login', ADMIN, { token: null })).body.access_token;
  });

  it('tells how the process is doing while somebody watches, without moving anybody’s place', async () => {
    const reader = await open('?types=metrics.sampled');
    await publish('somebody');
    await herald.app.get(MetricsSampler).sample();
    await until(() => reader.events.length === 1);
    expect(reader.events[0]).toMatchObject({
      type: 'metrics.sampled',
      subject_kind: 'process',
      data: { watchers: 1, rss_mb: expect.any(Number) },
    });
    const again = await open(`?after=${reader.lastId}`);
    await publish('next');
    await until(() => again.events.length === 1);
    expect(subjects(again)).toEqual(['next']);
  });

  it('is documented', async () => {
    const { body } = await herald.call('GET', '/openapi.json');
    expect(body.paths['/api/v1/events'].get).toMatchObject({
      operationId: 'event.stream',
      responses: { 200: { content: { 'text/event-stream': {} } } },
      security: expect.arrayContaining([{ bearer: [] }, { api_key: [] }]),
    });
    expect(body.paths['/api/v1/events/history'].get.operationId).toBe('event.list');
  });

  it('goes on where it was after the server has been stopped and started anew, and misses and repeats nothing', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'herald-events-'));
    // on PostgreSQL, where the fixture makes a database for each start, the one of the first
    const first = await startApp({ dataDir, env: { HERALD_DATA_DIR: dataDir } });
    const { databaseUrl } = first.app.get(Settings);
    const env = { HERALD_DATA_DIR: dataDir, ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }) };
    const tell = (app: StartedApp, ...ids: string[]): Promise<void> =>
      app.app.get(UnitOfWork).run(async (unit) => {
        app.app.get(LiveEvents).publish(
          unit,
          ids.map((id) => ({
            type: 'message.sent',
            subject_kind: 'message',
            subject_id: id,
            scope: 'messages:read',
            data: {},
          })),
        );
      });
    const seen: string[] = [];
    let place = '';
    for (const [round, app] of [
      [1, first],
      [2, undefined],
      [3, undefined],
    ] as const) {
      const server = app ?? (await startApp({ dataDir, env }));
      await tell(server, `away-${round}`);
      const reader = await Reader.open(`${server.url}/api/v1/events?types=message.sent`, {
        authorization: `Bearer ${server.token}`,
        'last-event-id': place || '0-0',
      });
      await tell(server, `live-${round}`);
      await until(() => subjects(reader).includes(`live-${round}`));
      seen.push(...subjects(reader));
      place = reader.lastId;
      await tell(server, `late-${round}`);
      if (app === undefined || databaseUrl === undefined) await server.stop();
    }
    if (databaseUrl !== undefined) await first.stop();
    rmSync(dataDir, { recursive: true, force: true });
    expect(seen).toEqual(['away-1', 'live-1', 'late-1', 'away-2', 'live-2', 'late-2', 'away-3', 'live-3']);
  });

  it('ends at once when the server stops', async () => {
    const own = await startApp();
    const reader = await Reader.open(`${own.url}/api/v1/events`, { authorization: `Bearer ${own.token}` });
    await own.call('POST', '/api/v1/leads', aLead());
    await own.stop();
    await until(() => reader.hasEnded);
    expect(reader.blocks.at(-1)).toEqual({ comment: 'the server is stopping' });
  });
});
