import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import type { AppError } from '../errors/index.js';
import { DIALECTS, Sample, type SampleDatabase, openSampleDatabase } from './sample-database.fixture.js';

const unavailable = (message: string) => ({
  kind: 'unavailable',
  retryAfterSeconds: expect.any(Number) as number,
  message: expect.stringContaining(message) as string,
});
const failureOf = (work: Promise<unknown>): Promise<AppError> =>
  work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: AppError) => error,
  );

describe('SQLite on a full disk', () => {
  it('tells all units so, those that shared the commit too, and works on once there is room', async () => {
    const store = await openSampleDatabase('sqlite');
    const room = (pages: number) => store.uow.run((unit) => unit.query(`PRAGMA max_page_count = ${pages}`));
    const write = (n: number) =>
      store.uow.run((unit) => unit.of(Sample).insert({ sample_id: `${n} ${'x'.repeat(50_000)}` }));
    await room(1);
    const errors = await Promise.all([1, 2, 3].map((n) => failureOf(write(n))));
    for (const error of errors) expect(error).toMatchObject(unavailable('disk of the database is full'));
    await room(1_000_000);
    await write(4);
    expect(await store.database.of(Sample).count()).toBe(1);
    await store.close();
  });
});

describe('SQLite that another process writes to', () => {
  let store: SampleDatabase;
  let other: BetterSqlite3.Database;
  beforeAll(async () => {
    store = await openSampleDatabase('sqlite', { HERALD_DATABASE_WAIT_SECONDS: '3' });
    other = new BetterSqlite3(store.file);
  });
  afterAll(async () => {
    other.close();
    await store.close();
  });
  const hold = () => other.exec('BEGIN IMMEDIATE');
  const free = () => other.exec('COMMIT');

  it('keeps units waiting and nobody else: the event loop turns, reads are answered', async () => {
    hold();
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const written = store.uow.run((unit) => unit.of(Sample).insert({ sample_id: 'S1' }));
    let isWritten = false;
    void written.then(() => (isWritten = true));
    const until = performance.now() + 1_500;
    let reads = 0;
    while (performance.now() < until) {
      expect(await store.database.of(Sample).count()).toBe(0);
      reads++;
      await pause(10);
    }
    delay.disable();
    expect(isWritten).toBe(false);
    free();
    await written;
    expect(await store.database.of(Sample).count()).toBe(1);
    expect(reads).toBeGreaterThan(20);
    // a wait inside SQLite takes all of the time that the lock is held
    expect(delay.max / 1e6).toBeLessThan(500);
  });

  it('tells all that waited for long enough, and works on afterwards', async () => {
    hold();
    const writes = [1, 2, 3].map((n) => store.uow.run((unit) => unit.of(Sample).insert({ sample_id: `late ${n}` })));
    const errors = await Promise.all(writes.map(failureOf));
    free();
    for (const error of errors) expect(error).toMatchObject(unavailable('another process is writing'));
    await store.uow.run((unit) => unit.of(Sample).insert({ sample_id: 'S2' }));
    expect(await store.database.of(Sample).count({ sample_id: ['S2', 'late 1', 'late 2', 'late 3'] })).toBe(1);
  });
});

(DIALECTS.includes('postgres') ? describe : describe.skip)('PostgreSQL that has no time', () => {
  let store: SampleDatabase;
  beforeAll(async () => {
    store = await openSampleDatabase('postgres', {
      HERALD_DATABASE_POOL: '1',
      HERALD_DATABASE_READ_POOL: '1',
      HERALD_DATABASE_WAIT_SECONDS: '1',
      HERALD_DATABASE_STATEMENT_SECONDS: '2',
      HERALD_DATABASE_IDLE_SECONDS: '2',
    });
  });
  afterAll(() => store.close());
  afterEach(async () => {
    await store.uow.run((unit) => unit.query('SELECT 1'));
    await store.database.query('SELECT 1');
  });

  it('tells who waits for a connection too long; reads have their own', async () => {
    await store.uow.run(async () => {
      const error = await failureOf(store.database.scope.leave(() => store.uow.run((unit) => unit.query('SELECT 1'))));
      expect(error).toMatchObject(unavailable('no connection'));
      expect(await store.database.scope.leave(() => store.database.query('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
    });
  });

  it('ends a statement that takes too long, in a unit and outside', async () => {
    const sleep = 'SELECT pg_sleep(10)';
    expect(await failureOf(store.database.query(sleep))).toMatchObject(unavailable('statement'));
    expect(await failureOf(store.uow.run((unit) => unit.query(sleep)))).toMatchObject(unavailable('statement'));
  });

  it('ends a unit that stands idle', async () => {
    const idle = store.uow.run(async (unit) => {
      await unit.of(Sample).insert({ sample_id: 'idle' });
      await pause(3_000);
      await unit.of(Sample).insert({ sample_id: 'too late' });
    });
    expect(await failureOf(idle)).toMatchObject(unavailable('does not answer'));
    expect(await store.database.of(Sample).count()).toBe(0);
  });
});

describe.each(DIALECTS)('inside a unit on %s', (dialect) => {
  let store: SampleDatabase;
  beforeAll(async () => (store = await openSampleDatabase(dialect)));
  afterAll(() => store.close());

  it('the database outside refuses to be read', async () => {
    await store.uow.run(async (unit) => {
      await expect(store.database.query('SELECT 1')).rejects.toThrow('through the unit');
      await expect(store.database.queryAside('SELECT 1')).rejects.toThrow('through the unit');
      expect(() => store.database.of(Sample)).toThrow('through the unit');
      expect(await unit.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    });
  });

  it('and is free again for what the unit left running', async () => {
    let later: Promise<unknown> | undefined;
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    await store.uow.run(async () => {
      later = gate.then(() => store.database.query('SELECT 1 AS one'));
    });
    go();
    expect(await later).toEqual([{ one: 1 }]);
  });
});
