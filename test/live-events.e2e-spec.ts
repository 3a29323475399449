import { setTimeout as pause } from 'node:timers/promises';
import { FixedClock, Settings } from '../src/config/index.js';
import { Database, UnitOfWork } from '../src/database/index.js';
import { EventSweep, type LiveEvent, LiveEvents, type NewLiveEvent } from '../src/live-events/index.js';
import { JobClock } from '../src/queue/index.js';
import { type StartedApp, startApp } from './app.js';
import { settled, storeCampaign, storeLead } from './factories.js';

const isOnPostgres = process.env.HERALD_TEST_DATABASE_URL !== undefined;
const onPostgres = isOnPostgres ? it : it.skip;
const onSqlite = process.env.HERALD_TEST_DATABASE_URL ? it.skip : it;

const anEvent = (id: string, over: Partial<NewLiveEvent> = {}): NewLiveEvent => ({
  type: 'message.sent',
  subject_kind: 'message',
  subject_id: id,
  scope: 'messages:read',
  data: { status: 'sent' },
  ...over,
});

describe('live events', () => {
  let herald: StartedApp;
  let events: LiveEvents;
  let units: UnitOfWork;
  const clock = new FixedClock('2026-03-02T09:00:00.000Z');

  /** Waits for the tail's next look, which comes by itself. */
  const until = async (isSo: () => boolean): Promise<void> => {
    for (let tries = 0; !isSo(); tries++) {
      if (tries > 1_000) throw new Error('it did not come to be');
      await pause(5);
    }
  };
  const publish = (id: string): Promise<void> => units.run(async (unit) => events.publish(unit, anEvent(id)));
  const ids = (list: readonly LiveEvent[]): string[] => list.map(({ subject_id }) => subject_id);

  beforeAll(async () => {
    herald = await startApp({ clock });
    // the clock is moved by weeks here: what its hours would promise is not what is looked at
    herald.app.get(JobClock).beforeApplicationShutdown();
    events = herald.app.get(LiveEvents);
    units = herald.app.get(UnitOfWork);
  });
  afterAll(() => herald?.stop());

  it('exist exactly if what they tell of is committed, and come in the order of their ids', async () => {
    const told: LiveEvent[] = [];
    const stop = events.listen((event) => told.push(event));
    const start = await events.newest();
    const kept: string[] = [];
    await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        units
          .run(async (unit) => {
            events.publish(unit, [anEvent(`u${index}-a`), anEvent(`u${index}-b`)]);
            await unit.query('SELECT 1 AS one');
            if (index % 3 === 0) throw new Error('rolled back');
          })
          .then(
            () => void kept.push(`u${index}-a`, `u${index}-b`),
            () => undefined,
          ),
      ),
    );
    await until(() => told.length >= kept.length);
    expect([...ids(told)].sort()).toEqual(kept.sort());
    const stored = await events.after(start, { limit: 1_000 });
    expect(stored).toEqual(told);
    expect(told.map(({ event_id }) => event_id)).toEqual([...new Set(told.map(({ event_id }) => event_id))]);
    for (const [index, { event_id }] of told.entries()) {
      if (index > 0) expect(event_id.localeCompare(told[index - 1]!.event_id, 'en', { numeric: true })).toBe(1);
    }
    stop();
  });

  // on PostgreSQL each unit has a commit of its own
  onSqlite('of units that are committed together share a row, and those of one that fails are not in it', async () => {
    const last = await events.newest();
    const told = await Promise.allSettled(
      Array.from({ length: 12 }, (_, index) =>
        units.run(async (unit) => {
          events.publish(unit, anEvent(`together-${index}`));
          if (index % 4 === 3) unit.atEnd(() => Promise.reject(new Error('no')), [1]);
        }),
      ),
    );
    const kept = told.flatMap(({ status }, index) => (status === 'fulfilled' ? [`together-${index}`] : []));
    expect(kept).toHaveLength(9);
    const read = await events.read(last, 100);
    expect(read.events.map(({ subject_id }) => subject_id)).toEqual(kept);
    const rows = new Set(read.events.map(({ event_id }) => event_id.split('-')[0]));
    expect(rows.size).toBeLessThan(9);
  });

  it('go when the part of the unit is taken back that they belong to', async () => {
    const start = await events.newest();
    await units.run(async (unit) => {
      events.publish(unit, anEvent('before'));
      await unit
        .attempt(async () => {
          events.publish(unit, anEvent('inside'));
          throw new Error('taken back');
        })
        .catch(() => undefined);
      await unit.attempt(async () => events.publish(unit, anEvent('after')));
    });
    expect(ids(await events.after(start, { limit: 10 }))).toEqual(['before', 'after']);
  });

  it('reach every other listener when one throws, and none that has stopped', async () => {
    const told: string[] = [];
    const stops = [
      events.listen(() => {
        throw new Error('a listener of ours is broken');
      }),
      events.listen(({ subject_id }) => told.push(subject_id)),
    ];
    await events.newest();
    await publish('one');
    await publish('two');
    await until(() => told.length === 2);
    for (const stop of stops) stop();
    await publish('three');
    await events.newest();
    expect(told).toEqual(['one', 'two']);
  });

  it('reach a listener all the same when the table could not be read for a while', async () => {
    const told: string[] = [];
    const stop = events.listen(({ subject_id }) => told.push(subject_id));
    await publish('before the fault');
    await until(() => told.length === 1);
    await units.run((unit) => unit.execute('ALTER TABLE live_events RENAME TO moved_away'));
    // has it read, and fail
    await events.newest();
    await units.run(async (unit) => {
      await unit.execute('ALTER TABLE moved_away RENAME TO live_events');
      events.publish(unit, anEvent('after the fault'));
    });
    await until(() => told.length === 2);
    expect(told).toEqual(['before the fault', 'after the fault']);
    stop();
  });

  it('let a reader begin while others keep publishing', async () => {
    const stop = events.listen(() => undefined);
    let isOver = false;
    const load = Promise.all(
      Array.from({ length: 8 }, async () => {
        while (!isOver) await publish('load');
      }),
    );
    await publish('mine');
    const { events: read } = await events.read(undefined, 100_000, ({ subject_id }) => subject_id === 'mine');
    isOver = true;
    await load;
    expect(ids(read)).toEqual(['mine']);
    stop();
  });

  it('tell of a resource once however often a unit changes it', async () => {
    const start = await events.newest();
    const updated = anEvent('db://leads/L1', { type: 'resource.updated', subject_kind: 'resource' });
    await units.run(async (unit) => {
      events.publish(unit, [updated, anEvent('m1')]);
      events.publish(unit, updated);
    });
    expect(ids(await events.after(start, { limit: 10 }))).toEqual(['db://leads/L1', 'm1']);
    expect(ids(await events.after(start, { limit: 10, types: ['message.sent'] }))).toEqual(['m1']);
  });

  onPostgres('wait for a number that is committed late, so that nobody goes on past it', async () => {
    const told: string[] = [];
    const stop = events.listen(({ subject_id }) => told.push(subject_id));
    const start = await events.newest();
    let release!: () => void;
    const released = new Promise<void>((resolve) => (release = resolve));
    let hasNumber!: () => void;
    const numbered = new Promise<void>((resolve) => (hasNumber = resolve));
    const late = units.run(async (unit) => {
      events.publish(unit, anEvent('late'));
      // after the row is written and before the commit
      unit.atEnd(async () => {
        hasNumber();
        await released;
      }, [0]);
    });
    await numbered;
    await publish('early');
    expect(await events.after(start, { limit: 10 })).toEqual([]);
    // longer than the tail waits before it asks which units are running
    await pause(100);
    expect(told).toEqual([]);
    release();
    await late;
    await until(() => told.length === 2);
    expect(told).toEqual(['late', 'early']);
    stop();
  });

  onPostgres('do not wait for a number that was rolled back', async () => {
    const told: string[] = [];
    const stop = events.listen(({ subject_id }) => told.push(subject_id));
    await events.newest();
    await units
      .run(async (unit) => {
        events.publish(unit, anEvent('never'));
        unit.atEnd(() => Promise.reject(new Error('rolled back after it had its number')), [0]);
      })
      .catch(() => undefined);
    await publish('next');
    await until(() => told.length === 1);
    expect(told).toEqual(['next']);
    stop();
  });

  it('follow a lead through triage, handoff and message, with ids and states only', async () => {
    const told: LiveEvent[] = [];
    const stop = events.listen((event) => told.push(event));
    await events.newest();
    const { campaign_id } = await storeCampaign(herald);
    const lead = await storeLead(herald, {
      campaign_id,
      email: 'ada@person.example',
      message: 'please call me',
      source: 'Webinar',
      triage: true,
    });
    await settled(herald);
    await until(() =>
      told.some(
        ({ type }) => type === 'handoff.completed' || type === 'handoff.acknowledged' || type === 'escalation.opened',
      ),
    );
    const types = new Set(told.map(({ type }) => type));
    expect([...types]).toEqual(expect.arrayContaining(['resource.updated', 'decision.recorded']));
    expect(told.filter(({ data }) => data.lead_id === lead.lead_id).length).toBeGreaterThan(2);
    const text = JSON.stringify(told);
    for (const secret of ['ada@person.example', 'please call me', lead.phone]) expect(text).not.toContain(secret);
    const list = await herald.call('GET', `/api/v1/events/history?subject=${lead.lead_id}&limit=100`);
    expect(list.body.items.map(({ event_id }: LiveEvent) => event_id)).toEqual(
      expect.arrayContaining(told.filter(({ data }) => data.lead_id === lead.lead_id).map(({ event_id }) => event_id)),
    );
    stop();
  });

  it('are kept for as long as the settings say, and say so when something is gone', async () => {
    const first = await events.newest();
    await publish('old');
    clock.advance(8 * 86_400_000);
    await publish('young');
    expect(herald.app.get(Settings).eventDays).toBe(7);
    expect(await herald.app.get(EventSweep).sweep()).toBeGreaterThan(0);
    expect(await events.read(first, 10)).toMatchObject({
      hasGap: true,
      isEnd: true,
      events: [{ subject_id: 'young' }],
    });
    expect(await events.read(undefined, 10)).toMatchObject({ hasGap: false, events: [{ subject_id: 'young' }] });
    expect((await events.read('999999999-0', 10)).hasGap).toBe(true);
    expect((await events.read('made up', 10)).hasGap).toBe(true);
    clock.advance(30 * 86_400_000);
    await herald.app.get(EventSweep).sweep();
    expect(await herald.app.get(Database).query('SELECT COUNT(*) AS n FROM live_events')).toMatchObject([
      { n: expect.anything() },
    ]);
    // messages that were planned have come due with the clock's moves
    await settled(herald);
    const last = await events.newest();
    await publish('next');
    expect(await events.read(last, 10)).toMatchObject({ hasGap: false, events: [{ subject_id: 'next' }] });
  });

  onPostgres('are seen by the other processes on the same database', async () => {
    const { databaseUrl, redisUrl } = herald.app.get(Settings);
    const other = await startApp({ env: { DATABASE_URL: databaseUrl!, ...(redisUrl && { REDIS_URL: redisUrl }) } });
    const told: string[] = [];
    const stop = other.app.get(LiveEvents).listen(({ subject_id }) => told.push(subject_id));
    await other.app.get(LiveEvents).newest();
    const sent = Array.from({ length: 60 }, (_, index) => `both-${index}`);
    await Promise.all(
      sent.map((id, index) =>
        index % 2
          ? publish(id)
          : other.app.get(UnitOfWork).run(async (unit) => other.app.get(LiveEvents).publish(unit, anEvent(id))),
      ),
    );
    await until(() => told.filter((id) => id.startsWith('both-')).length === sent.length);
    expect(told.filter((id) => id.startsWith('both-')).sort()).toEqual([...sent].sort());
    stop();
    await other.stop();
  });
});
