import type { SemanticTriple } from './semantic.entities.js';
import { type KnownTriples, type StatedTriples, type TripleEntry, stateTriples } from './state-triples.js';

const [JAN, FEB, MARCH, APRIL] = ['01', '02', '03', '04'].map((month) => `2026-${month}-01T00:00:00.000Z`) as [
  string,
  string,
  string,
  string,
];
const aStatement = (changes: Partial<TripleEntry> = {}): TripleEntry => ({
  subject: 'Ada Demo',
  predicate: 'works_at',
  object: 'Acme',
  weight: 0.5,
  source: 'crm',
  ...changes,
});

/** A table of its own, so that statements can be made one after another. */
class Table {
  readonly rows = new Map<string, SemanticTriple>();
  private readonly provenance: KnownTriples['provenance'][number][] = [];

  state(now: string, ...entries: TripleEntry[]): StatedTriples {
    const stated = stateTriples({ triples: [...this.rows.values()], provenance: this.provenance }, entries, now);
    for (const row of stated.changed) this.rows.set(row.triple_id, row);
    this.provenance.push(...stated.provenance);
    return stated;
  }

  get stand() {
    return [...this.rows.values()].map(({ object, valid_from, valid_to }) => [object, valid_from, valid_to]);
  }
}

describe('stateTriples', () => {
  let table: Table;
  beforeEach(() => (table = new Table()));

  it('adds evidence and weight to what the same source states again, over what decay has left', () => {
    const [first] = table.state(JAN, aStatement()).rows;
    const [again] = table.state(JAN, aStatement({ weight: 0.4, subject_type: 'person' })).rows;
    expect(again).toEqual({
      ...first,
      weight: expect.closeTo(0.7, 12),
      stated_weight: expect.closeTo(0.7, 12),
      evidence_count: 2,
      subject_type: 'person',
    });
    const halfAYearLater = '2026-06-30T00:00:00.000Z';
    const [late] = table.state(halfAYearLater, aStatement({ weight: 0.2 })).rows;
    expect(late).toMatchObject({
      triple_id: first!.triple_id,
      weight: expect.closeTo(1 - (1 - 0.35) * 0.8, 12),
      evidence_count: 3,
      updated_at: halfAYearLater,
    });
  });

  it('keeps what each source says for itself', () => {
    table.state(
      JAN,
      aStatement({ predicate: 'likes' }),
      aStatement({ predicate: 'likes', source: 'survey' }),
      aStatement({ predicate: 'likes', object: 'Beta' }),
    );
    expect(table.rows.size).toBe(3);
  });

  it('counts an origin once, also when the triple has ended since', () => {
    const provenance = { kind: 'episode', ref_id: 'E1' } as const;
    const [first] = table.state(JAN, aStatement({ provenance }), aStatement({ provenance })).rows;
    expect(first).toMatchObject({ evidence_count: 1, weight: 0.5 });
    expect(table.state(FEB, aStatement({ provenance: { ...provenance, ref_id: 'E2' } })).rows[0]).toMatchObject({
      evidence_count: 2,
    });
    table.state(MARCH, aStatement({ object: 'Beta' }));
    const late = table.state(APRIL, aStatement({ provenance }));
    expect(late).toMatchObject({
      changed: [],
      provenance: [],
      rows: [{ triple_id: first!.triple_id, valid_to: MARCH }],
    });
  });

  it('notes whose doings an origin tells of', () => {
    const lead = table.state(JAN, aStatement({ provenance: { kind: 'lead', ref_id: 'L1' } }));
    const call = table.state(JAN, aStatement({ provenance: { kind: 'conversation', ref_id: 'C1', lead_id: 'L2' } }));
    expect([...lead.provenance, ...call.provenance]).toMatchObject([
      { lead_id: 'L1', weight: 0.5, recorded_at: JAN },
      { lead_id: 'L2', ref_id: 'C1' },
    ]);
  });

  it('ends the old object of a single-valued predicate instead of overwriting it, whoever said it', () => {
    table.state(JAN, aStatement());
    table.state(FEB, aStatement({ object: 'Beta', source: 'survey' }));
    expect(table.stand).toEqual([
      ['Acme', JAN, FEB],
      ['Beta', FEB, null],
    ]);
    table.state(MARCH, aStatement());
    expect(table.stand).toEqual([
      ['Acme', JAN, FEB],
      ['Beta', FEB, MARCH],
      ['Acme', MARCH, null],
    ]);
  });

  it('puts a statement about an earlier time before the later one', () => {
    table.state(MARCH, aStatement());
    table.state(APRIL, aStatement({ object: 'Beta', valid_from: JAN }));
    expect(table.stand).toEqual([
      ['Acme', MARCH, null],
      ['Beta', JAN, MARCH],
    ]);
    table.state(APRIL, aStatement({ object: 'Gamma', valid_from: FEB }));
    expect(table.stand).toEqual([
      ['Acme', MARCH, null],
      ['Beta', JAN, FEB],
      ['Gamma', FEB, MARCH],
    ]);
  });

  it('lets of two that hold since ever the one stated last hold from now on', () => {
    table.state(JAN, aStatement({ valid_from: null }));
    table.state(FEB, aStatement({ object: 'Beta', valid_from: null }));
    expect(table.stand).toEqual([
      ['Acme', null, FEB],
      ['Beta', null, null],
    ]);
  });

  it('takes the word of an entry on whether its predicate is single-valued', () => {
    table.state(
      JAN,
      aStatement({ predicate: 'likes' }),
      aStatement({ predicate: 'likes', object: 'Beta' }),
      aStatement({ is_single_valued: false, object: 'Beta' }),
      aStatement({ is_single_valued: false }),
    );
    expect(table.stand.every(([, , end]) => end === null)).toBe(true);
    table.state(FEB, aStatement({ predicate: 'likes', object: 'Gamma', is_single_valued: true }));
    expect(table.stand.filter(([, , end]) => end === FEB)).toHaveLength(2);
  });

  it.each([
    [{ weight: 0.09 }, /weight/],
    [{ weight: 1.01 }, /weight/],
    [{ weight: NaN }, /weight/],
    [{ valid_to: JAN }, /valid_to/],
    [{ valid_from: MARCH, valid_to: FEB }, /valid_to/],
  ])('refuses %j', (changes, message) => expect(() => table.state(JAN, aStatement(changes))).toThrow(message));
});
