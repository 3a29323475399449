import { createRandom } from '../../config/index.js';
import { type Applied, applyStatement, holdsAt } from './apply-statement.js';
import type { NewFact } from './fact.js';
import type { MemoryFact } from './long-term.entities.js';

const day = (number: number): string => new Date(Date.UTC(2026, 0, number)).toISOString();
let ids = 0;
const newId = () => `f${ids++}`;
const told = (value: unknown, from: number, confidence = 0.8, more: Partial<NewFact> = {}): NewFact => ({
  lead_id: 'L1',
  name: 'company',
  value,
  confidence,
  source: 'api',
  valid_from: day(from),
  ...more,
});

/** What is believed after statements that arrive a minute apart, in the order given. */
function believe(statements: readonly NewFact[]): { standing: MemoryFact[]; closed: MemoryFact[]; last: Applied } {
  let standing: MemoryFact[] = [];
  const closed: MemoryFact[] = [];
  let last: Applied = { closed: [], added: [], outcome: 'unchanged' };
  statements.forEach((fact, index) => {
    const now = new Date(Date.UTC(2026, 5, 1, 0, index)).toISOString();
    last = applyStatement(
      standing.filter(({ name }) => name === fact.name),
      fact,
      now,
      newId,
    );
    standing = [...standing.filter((each) => !last.closed.includes(each)), ...last.added];
    closed.push(...last.closed.map((each) => ({ ...each, closed_at: now })));
  });
  return { standing, closed, last };
}

const line = (standing: readonly MemoryFact[]) =>
  [...standing]
    .sort((a, b) => (a.valid_from < b.valid_from ? -1 : 1))
    .map(({ value_json, valid_from, valid_to }) => [value_json, valid_from, valid_to]);

describe('a single-valued fact', () => {
  it('keeps what held before when it changes, and closes the belief that it goes on', () => {
    const { standing, closed, last } = believe([told('Acme', 1), told('Bolt', 10)]);
    expect(last.outcome).toBe('displaced');
    expect(line(standing)).toEqual([
      ['Acme', day(1), day(10)],
      ['Bolt', day(10), null],
    ]);
    expect(closed).toMatchObject([
      { value_json: 'Acme', valid_from: day(1), valid_to: null, closed_at: '2026-06-01T00:01:00.000Z' },
    ]);
  });

  it('does not give way to an older value, which becomes its history', () => {
    const { standing, last } = believe([told('Bolt', 10), told('Acme', 1, 0.9)]);
    expect(last.outcome).toBe('history');
    expect(line(standing)).toEqual([
      ['Acme', day(1), day(10)],
      ['Bolt', day(10), null],
    ]);
  });

  it('gives way to an older value that is more than twice as sure', () => {
    const { standing, last } = believe([told('Bolt', 10, 0.3), told('Acme', 1, 0.9)]);
    expect(last.outcome).toBe('displaced');
    expect(line(standing)).toEqual([['Acme', day(1), null]]);
  });

  it('does not give way to a newer value that is less than half as sure', () => {
    const { standing, last } = believe([told('Acme', 1, 0.9), told('Bolt', 10, 0.4)]);
    expect(last.outcome).toBe('refused');
    expect(line(standing)).toEqual([['Acme', day(1), null]]);
  });

  it('comes out the same whichever of two contradicting statements arrives first', () => {
    const random = createRandom('pairs');
    for (let round = 0; round < 500; round++) {
      const [one, other] = [
        told('Acme', 1 + random.integer(5), 0.05 + 0.95 * random.next()),
        told('Bolt', 7 + random.integer(5), 0.05 + 0.95 * random.next()),
      ];
      expect(line(believe([one, other]).standing)).toEqual(line(believe([other, one]).standing));
    }
  });

  it('believes the newest of many statements that are equally sure, in whatever order they arrive', () => {
    const random = createRandom('restated');
    for (let round = 0; round < 300; round++) {
      const count = 3 + random.integer(20);
      const statements = Array.from({ length: count }, (_, index) => ({
        key: random.next(),
        fact: told(index % 2 ? 'Acme' : 'Bolt', index + 1, 0.6, { source_id: `s${index}` }),
      }))
        .sort((one, other) => one.key - other.key)
        .map(({ fact }) => fact);
      const { standing } = believe(statements);
      expect(standing.filter(({ valid_to }) => valid_to === null)).toMatchObject([
        { value_json: count % 2 ? 'Bolt' : 'Acme' },
      ]);
    }
  });

  it('lets an older value in between, and holds again from when it was said again', () => {
    const { standing, last } = believe([told('Acme', 1), told('Acme', 20), told('Bolt', 10)]);
    expect(last.outcome).toBe('history');
    expect(line(standing)).toEqual([
      ['Acme', day(1), day(10)],
      ['Bolt', day(10), day(20)],
      ['Acme', day(20), null],
    ]);
  });

  it('has at most one value at any time, whatever arrives', () => {
    const random = createRandom('line');
    for (let round = 0; round < 300; round++) {
      const statements = Array.from({ length: 2 + random.integer(8) }, () => {
        const from = 1 + random.integer(20);
        const ends = random.next() < 0.3 ? { valid_to: day(from + 1 + random.integer(6)) } : {};
        return told(['Acme', 'Bolt', 'Corx', null][random.integer(4)], from, random.next(), ends);
      });
      const { standing } = believe(statements);
      for (let moment = 1; moment < 30; moment++) {
        expect(standing.filter((fact) => holdsAt(fact, day(moment))).length).toBeLessThanOrEqual(1);
      }
      for (const { valid_from, valid_to } of standing) expect(valid_to === null || valid_from < valid_to).toBe(true);
    }
  });

  it('gets surer when it is told again, and not when the same evidence is', () => {
    const evidence = { source: 'triage', source_id: 'dec_1' } as const;
    const { standing, last } = believe([
      told('Acme', 1, 0.6, evidence),
      told('Acme', 2, 0.6),
      told('Acme', 3, 0.6, evidence),
    ]);
    expect(last.outcome).toBe('unchanged');
    expect(standing).toMatchObject([{ value_json: 'Acme', valid_from: day(1), source: 'triage' }]);
    expect(standing[0]!.confidence).toBeCloseTo(0.78, 12);
  });

  it('is the same value whatever the order of its keys', () => {
    const { standing } = believe([told({ a: 1, b: [2] }, 1), told({ b: [2], a: 1 }, 3)]);
    expect(standing).toHaveLength(1);
  });

  it('ends where nothing holds any more', () => {
    const { standing, last } = believe([told('Acme', 1), told(null, 5)]);
    expect(last.outcome).toBe('ended');
    expect(line(standing)).toEqual([['Acme', day(1), day(5)]]);
    expect(believe([told(null, 5)]).last.outcome).toBe('unchanged');
  });

  it('makes room for a value that held only for a while', () => {
    const { standing } = believe([told('Acme', 1), told('Bolt', 5, 0.8, { valid_to: day(8) })]);
    expect(line(standing)).toEqual([
      ['Acme', day(1), day(5)],
      ['Bolt', day(5), day(8)],
      ['Acme', day(8), null],
    ]);
  });

  it('is known from earlier on when the same value is told of an earlier time', () => {
    const { standing, last } = believe([told('Acme', 10, 0.6), told('Acme', 2, 0.6, { source: 'import' })]);
    expect(last.outcome).toBe('confirmed');
    expect(line(standing)).toEqual([['Acme', day(2), null]]);
  });

  it('loses what a source takes back, and ends with the last of its evidence', () => {
    const counted = { source: 'interaction', source_id: 'signals' } as const;
    const twice = believe([told('Acme', 1, 0.7), told('Acme', 1, 0.6, counted), told('Acme', 5, 0, counted)]);
    expect(twice.standing).toMatchObject([{ confidence: 0.7, valid_to: null, source: 'api' }]);
    const once = believe([told('Acme', 1, 0.6, counted), told('Acme', 5, 0, counted)]);
    expect(line(once.standing)).toEqual([['Acme', day(1), day(5)]]);
    expect(believe([told('Acme', 5, 0, counted)]).last.outcome).toBe('unchanged');
  });
});

describe('a multi-valued fact', () => {
  const likes = (value: unknown, from: number, more: Partial<NewFact> = {}) =>
    told(value, from, 0.8, { name: 'interest', ...more });

  it('holds several values side by side, which end one by one', () => {
    const { standing } = believe([likes('roi', 1), likes('security', 2), likes('roi', 3, { valid_to: day(9) })]);
    expect(line(standing)).toEqual([
      ['roi', day(1), day(9)],
      ['security', day(2), null],
    ]);
  });

  it('takes a list as the whole list', () => {
    const { standing, last } = believe([likes(['roi', 'security', 'roi'], 1), likes(['security', 'pricing'], 6)]);
    expect(last.outcome).toBe('ended');
    expect(line(standing.filter(({ valid_to }) => valid_to === null)).map(([value]) => value)).toEqual([
      'security',
      'pricing',
    ]);
    expect(line(standing.filter(({ valid_to }) => valid_to !== null))).toEqual([['roi', day(1), day(6)]]);
    expect(believe([likes(['roi'], 1), likes([], 6)]).standing).toMatchObject([
      { value_json: 'roi', valid_to: day(6) },
    ]);
  });
});
