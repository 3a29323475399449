import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createRandom } from '../src/config/index.js';
import { Segment } from '../src/crm/segments/segment.entity.js';
import { Database, type Unit, UnitOfWork, like } from '../src/database/index.js';
import { type StartedApp, startApp } from './app.js';

const UNITS = 200;
const ROWS_OF_A_UNIT = 3;
const COUNTER = 'uow-counter';

const segment = (id: string, rules: Record<string, unknown> = {}): Segment => ({
  segment_id: id,
  name: id,
  rules_json: rules,
  description: '',
});

describe('the unit of work', () => {
  let app: StartedApp;
  let database: Database;
  let uow: UnitOfWork;

  beforeAll(async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'herald-unit-'));
    app = await startApp({ dataDir });
    database = app.app.get(Database);
    uow = app.app.get(UnitOfWork);
  });

  afterAll(() => app.stop());

  const idsLike = async (pattern: string): Promise<string[]> =>
    (await database.of(Segment).find({ segment_id: like(pattern) }, { order: { segment_id: 'asc' } })).map(
      ({ segment_id }) => segment_id,
    );

  describe('with 200 of them at once, of which a random third rolls back', () => {
    const random = createRandom('two hundred units');
    const plans = Array.from({ length: UNITS }, (_, index) => ({
      index,
      fails: random.next() < 1 / 3,
      failsAfter: random.integer(ROWS_OF_A_UNIT + 1),
      pauses: random.integer(4),
    }));
    const kept = plans.filter(({ fails }) => !fails).map(({ index }) => index);
    const committed: number[] = [];
    const seenFromOutside: Map<string, number>[] = [];
    let outcomes: PromiseSettledResult<number>[];

    const rowsByUnit = async (): Promise<Map<string, number>> => {
      const counts = new Map<string, number>();
      for (const id of await idsLike('many-%')) counts.set(id.split('-')[1]!, (counts.get(id.split('-')[1]!) ?? 0) + 1);
      return counts;
    };

    beforeAll(async () => {
      await uow.run((unit) => unit.of(Segment).insert(segment(COUNTER, { count: 0 })));
      const runs = plans.map(({ index, fails, failsAfter, pauses }) =>
        uow.run(async (unit) => {
          unit.afterCommit(() => committed.push(index));
          for (let row = 0; row < ROWS_OF_A_UNIT; row++) {
            if (fails && row === failsAfter) throw new Error(`unit ${index} fails`);
            await unit.of(Segment).insert(segment(`many-${index}-${row}`));
            for (let pause = 0; pause < pauses; pause++) await nextTurn();
          }
          await count(unit);
          if (fails) throw new Error(`unit ${index} fails`);
          return index;
        }),
      );
      let isRunning = true;
      const reading = (async () => {
        while (isRunning) {
          seenFromOutside.push(await rowsByUnit());
          await nextTurn();
        }
      })();
      outcomes = await Promise.allSettled(runs);
      isRunning = false;
      await reading;
    });

    /** Reads and writes back: two units that did it at the same time would lose one of the two. */
    async function count(unit: Unit): Promise<void> {
      const [counter] = await unit.of(Segment).find({ segment_id: COUNTER }, { lock: true });
      await nextTurn();
      await unit
        .of(Segment)
        .update({ segment_id: COUNTER }, { rules_json: { count: Number(counter!.rules_json.count) + 1 } });
    }

    it('has units of both kinds', () => {
      expect(kept.length).toBeGreaterThan(UNITS / 2);
      expect(kept.length).toBeLessThan((UNITS * 4) / 5);
    });

    it('gives each caller its own answer or its own error', () => {
      const answers = outcomes.map((outcome) =>
        outcome.status === 'fulfilled' ? outcome.value : (outcome.reason as Error).message,
      );
      expect(answers).toEqual(plans.map(({ index, fails }) => (fails ? `unit ${index} fails` : index)));
    });

    it('loses nothing of those that were committed, and keeps nothing of those that were not', async () => {
      expect(await rowsByUnit()).toEqual(
        new Map(kept.map((index) => [String(index), ROWS_OF_A_UNIT]).sort() as [string, number][]),
      );
      const [counter] = await database.of(Segment).find({ segment_id: COUNTER });
      expect(counter!.rules_json).toEqual({ count: kept.length });
    });

    it('shows readers outside whole units only', () => {
      // on PostgreSQL a reader waits for a connection like everybody else
      expect(seenFromOutside.length).toBeGreaterThan(2);
      const sizes = new Set(seenFromOutside.flatMap((counts) => [...counts.values()]));
      expect([...sizes]).toEqual([ROWS_OF_A_UNIT]);
      const failed = new Set(plans.filter(({ fails }) => fails).map(({ index }) => String(index)));
      expect(seenFromOutside.flatMap((counts) => [...counts.keys()]).filter((unit) => failed.has(unit))).toEqual([]);
    });

    it('calls back after the commits and for no other unit', () => {
      expect([...committed].sort((a, b) => a - b)).toEqual(kept);
    });
  });

  it('sees its own rows while others do not, and calls back when others do', async () => {
    let seenAfterCommit: Promise<string[]> | undefined;
    await uow.run(async (unit) => {
      unit.afterCommit(() => (seenAfterCommit = idsLike('own-%')));
      await unit.of(Segment).insert(segment('own-1'));
      expect(await unit.of(Segment).get('own-1')).toBeDefined();
      expect(await database.scope.leave(() => idsLike('own-%'))).toEqual([]);
    });
    expect(await seenAfterCommit).toEqual(['own-1']);
  });

  it('refuses to be opened inside another, which goes on unharmed', async () => {
    await uow.run(async (unit) => {
      await unit.of(Segment).insert(segment('outer-1'));
      await expect(uow.run(async (inner) => inner.of(Segment).insert(segment('inner-1')))).rejects.toThrow(
        /open already/,
      );
      await unit.of(Segment).insert(segment('outer-2'));
    });
    expect(await idsLike('%er-_')).toEqual(['outer-1', 'outer-2']);
  });

  it('rolls back when a statement fails, and leaves the units before and after it in line alone', async () => {
    const insert = (...ids: string[]) => uow.run((unit) => unit.of(Segment).insert(ids.map((id) => segment(id))));
    const outcomes = await Promise.allSettled([
      insert('line-1'),
      insert('line-2', 'line-1'),
      insert('line-3'),
      insert('line-4', 'line-4'),
      insert('line-5'),
    ]);
    // on PostgreSQL they run side by side, so either of the first two may be the one that is too late
    const isFirst = outcomes[0]!.status === 'fulfilled';
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(2);
    expect(await idsLike('line-%')).toEqual(
      isFirst ? ['line-1', 'line-3', 'line-5'] : ['line-1', 'line-2', 'line-3', 'line-5'],
    );
  });

  it('tells every unit of a commit that fails, and calls none of them back', async () => {
    if (database.dialect !== 'sqlite') return;
    await uow.run(async (unit) => {
      await unit.execute('CREATE TABLE uow_parent (id varchar PRIMARY KEY)');
      await unit.execute(
        'CREATE TABLE uow_child (parent varchar REFERENCES uow_parent (id) DEFERRABLE INITIALLY DEFERRED)',
      );
    });
    const called: string[] = [];
    const outcomes = await Promise.allSettled([
      uow.run(async (unit) => {
        unit.afterCommit(() => called.push('first'));
        await unit.of(Segment).insert(segment('shared-1'));
      }),
      uow.run(async (unit) => {
        unit.afterCommit(() => called.push('second'));
        await unit.execute(`INSERT INTO uow_child VALUES ('nobody')`);
      }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(called).toEqual([]);
    expect(await idsLike('shared-%')).toEqual([]);
    await uow.run((unit) => unit.of(Segment).insert(segment('shared-2')));
    expect(await idsLike('shared-%')).toEqual(['shared-2']);
  });
});
