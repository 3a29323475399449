import { DIALECTS, Sample, type SampleDatabase, openSampleDatabase } from './sample-database.fixture.js';

describe.each(DIALECTS)('units of work on %s', (dialect) => {
  let store: SampleDatabase;
  beforeAll(async () => (store = await openSampleDatabase(dialect)));
  afterAll(() => store.close());
  beforeEach(() => store.uow.run((unit) => unit.of(Sample).delete({})));

  /** As others see it, also when asked inside a unit. */
  const stored = () =>
    store.database.scope.leave(async () =>
      (await store.database.of(Sample).find({}, { order: { sample_id: 'asc' } })).map(({ sample_id }) => sample_id),
    );
  const pause = (milliseconds = 0) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  it('give on what the work answers or throws, the very same', async () => {
    const error = new Error('no');
    expect(await store.uow.run(async () => 42)).toBe(42);
    await expect(store.uow.run(() => Promise.reject(error))).rejects.toBe(error);
    await expect(
      store.uow.run(() => {
        throw error;
      }),
    ).rejects.toBe(error);
  });

  it('are seen by others only once they are committed, and then at once', async () => {
    await store.uow.run(async (unit) => {
      await unit.of(Sample).insert({ sample_id: 'S1' });
      expect(await unit.of(Sample).count()).toBe(1);
      await pause(5);
      expect(await stored()).toEqual([]);
    });
    expect(await stored()).toEqual(['S1']);
  });

  it('that come one after another each see what the one before wrote', async () => {
    const counts = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        store.uow
          .run(async (unit) => {
            await unit.of(Sample).insert({ sample_id: `S${index}` });
          })
          .then(() => store.database.of(Sample).count({ sample_id: `S${index}` })),
      ),
    );
    expect(counts).toEqual(new Array(30).fill(1));
  });

  it('cannot be opened inside one another', async () => {
    await expect(store.uow.run(async () => store.uow.run(async () => 1))).rejects.toThrow('open already');
    expect(await store.uow.run(async () => 'still works')).toBe('still works');
  });

  it('do what is to follow after the commit, and not after a failure', async () => {
    const done: string[] = [];
    await store.uow.run(async (unit) => unit.afterCommit(() => done.push('committed')));
    await store.uow
      .run(async (unit) => {
        unit.afterCommit(() => done.push('failed'));
        throw new Error('no');
      })
      .catch(() => undefined);
    expect(done).toEqual(['committed']);
  });

  it('that fail in a statement leave nothing behind, and the next one works', async () => {
    await expect(
      store.uow.run(async (unit) => {
        await unit.of(Sample).insert({ sample_id: 'S1' });
        await unit.execute('INSERT INTO nowhere VALUES (1)');
      }),
    ).rejects.toMatchObject({ message: expect.stringMatching(/nowhere/) as string });
    expect(await stored()).toEqual([]);
    await store.uow.run((unit) => unit.of(Sample).insert({ sample_id: 'S2' }));
    expect(await stored()).toEqual(['S2']);
  });

  it('that go on after a failed statement are either whole or an error, never silently lost', async () => {
    const outcome = await store.uow
      .run(async (unit) => {
        await unit.of(Sample).insert({ sample_id: 'S1' });
        await unit.execute('INSERT INTO nowhere VALUES (1)').catch(() => undefined);
      })
      .then(
        () => 'whole',
        () => 'an error',
      );
    expect(await stored()).toEqual(outcome === 'whole' ? ['S1'] : []);
  });

  it('may take a part back by a savepoint of their own, also while others wait', async () => {
    await Promise.all(
      [1, 2, 3].map((n) =>
        store.uow.run(async (unit) => {
          await unit.of(Sample).insert({ sample_id: `S${n}` });
          await unit.execute('SAVEPOINT part');
          await unit.of(Sample).insert({ sample_id: `part ${n}` });
          await unit.execute('ROLLBACK TO SAVEPOINT part');
        }),
      ),
    );
    expect(await stored()).toEqual(['S1', 'S2', 'S3']);
  });

  it('in a long line let timers run', async () => {
    let isServed = false;
    const timer = setTimeout(() => (isServed = true), 1);
    const turns: boolean[] = [];
    await Promise.all(
      Array.from({ length: 400 }, (_, index) =>
        store.uow.run(async (unit) => {
          await unit.of(Sample).insert(Array.from({ length: 20 }, (__, row) => ({ sample_id: `S${index}-${row}` })));
          turns.push(isServed);
        }),
      ),
    );
    clearTimeout(timer);
    expect(turns).toContain(true);
  });
});
