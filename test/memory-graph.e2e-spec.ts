import { FixedClock } from '../src/config/index.js';
import { Database, UnitOfWork } from '../src/database/index.js';
import { SemanticTriple } from '../src/memory/semantic/semantic.entities.js';
import { SemanticStore } from '../src/memory/semantic/semantic.store.js';
import type { TripleEntry } from '../src/memory/semantic/state-triples.js';
import { type StartedApp, startApp } from './app.js';

const [JAN, FEB, MARCH] = ['01', '02', '03'].map((month) => `2026-${month}-01T08:00:00.000Z`) as [
  string,
  string,
  string,
];

describe('the knowledge graph', () => {
  let herald: StartedApp;
  let store: SemanticStore;
  let units: UnitOfWork;
  let database: Database;
  /** When statements are made; the server's own time is March, and stays. */
  let now = JAN;

  beforeAll(async () => {
    herald = await startApp({ clock: new FixedClock(MARCH) });
    [store, units, database] = [herald.app.get(SemanticStore), herald.app.get(UnitOfWork), herald.app.get(Database)];
  });
  afterAll(() => herald.stop());
  beforeEach(async () => {
    now = JAN;
    await units.run(async (unit) => {
      for (const table of ['semantic_kg_triples', 'semantic_kg_provenance']) await unit.execute(`DELETE FROM ${table}`);
    });
  });

  const state = (
    ...entries: readonly (Partial<TripleEntry> & Pick<TripleEntry, 'subject' | 'predicate' | 'object'>)[]
  ): Promise<SemanticTriple[]> =>
    units.run((unit) =>
      store.remember(
        unit,
        entries.map((entry) => ({ weight: 0.5, source: 'test', ...entry })),
        { now },
      ),
    );
  const link = (subject: string, object: string, weight = 0.5, predicate = 'related_to') => ({
    subject,
    predicate,
    object,
    weight,
  });
  const ask = async (path: string, query: Record<string, string | number | boolean | readonly string[]>) => {
    const text = new URLSearchParams(
      Object.entries(query).flatMap(([name, value]) =>
        (Array.isArray(value) ? value : [value]).map((each): [string, string] => [name, String(each)]),
      ),
    );
    return herald.call('GET', `/api/v1/graph/${path}?${text}`);
  };
  const search = async (query: Parameters<typeof ask>[1]) => {
    const { status, body } = await ask('search', query);
    expect(status).toBe(200);
    return body;
  };
  const objects = async (query: Parameters<typeof ask>[1]) =>
    (await search(query)).triples.map(({ object }: { object: string }) => object);

  it('finds triples by their parts and by how a name begins, the heaviest first', async () => {
    await state(
      link('Email', 'ROI', 0.3, 'boosts'),
      link('Email', 'SMB', 0.9, 'reaches'),
      link('Ads', 'Email', 0.6, 'feeds'),
      link('Emailing', 'SMB', 0.4),
      link('email', 'nobody'),
      link('E_ail', 'nobody'),
    );
    expect(await objects({ subject: 'Email' })).toEqual(['SMB', 'ROI']);
    expect(await objects({ predicate: 'boosts' })).toEqual(['ROI']);
    expect(await objects({ object: 'SMB', predicate: 'reaches' })).toEqual(['SMB']);
    expect(await objects({ subject: 'Ads', object: 'Email' })).toEqual(['Email']);
    expect(await objects({ entity: 'Email', limit: 2 })).toEqual(['SMB', 'Email']);
    expect(await objects({ prefix: 'Ema' })).toEqual(['SMB', 'Email', 'SMB', 'ROI']);
    expect(await objects({ prefix: 'E_' })).toEqual(['nobody']);
    expect(await search({ entity: 'nothing known' })).toEqual({ triples: [], ranking: [], residual: null });
  });

  it('follows an entity for up to three hops, along its direction and predicate', async () => {
    await state(
      link('a', 'b', 0.9),
      link('b', 'c', 0.8),
      link('c', 'd', 0.7),
      link('d', 'e'),
      link('z', 'b', 0.6, 'hates'),
    );
    const shown = async (query: Parameters<typeof ask>[1]) =>
      (await search(query)).triples.map(({ subject, object, hop, strength }: Record<string, unknown>) => [
        `${subject}${object}`,
        hop,
        Number((strength as number).toFixed(3)),
      ]);
    expect(await shown({ subject: 'a', hops: 3 })).toEqual([
      ['ab', 1, 0.9],
      ['bc', 2, 0.72],
      ['cd', 3, 0.504],
    ]);
    expect(await shown({ object: 'c', hops: 2 })).toEqual([
      ['bc', 1, 0.8],
      ['ab', 2, 0.72],
      ['zb', 2, 0.48],
    ]);
    expect(await shown({ entity: 'z', hops: 2 })).toEqual([
      ['zb', 1, 0.6],
      ['ab', 2, 0.54],
      ['bc', 2, 0.48],
    ]);
    expect(await shown({ entity: 'c', hops: 2, predicate: 'related_to' })).toEqual([
      ['bc', 1, 0.8],
      ['cd', 1, 0.7],
      ['ab', 2, 0.72],
      ['de', 2, 0.35],
    ]);
  });

  it('ends what a single-valued predicate said before, and still knows it for the time when it held', async () => {
    await state(
      { subject: 'Ada Demo', predicate: 'works_at', object: 'Acme', subject_type: 'person', object_type: 'company' },
      link('Ada Demo', 'hiking', 0.4),
    );
    now = MARCH;
    await state({ subject: 'Ada Demo', predicate: 'works_at', object: 'Beta' }, link('Ada Demo', 'chess', 0.3));
    expect(await objects({ subject: 'Ada Demo' })).toEqual(['Beta', 'hiking', 'chess']);
    expect(await objects({ subject: 'Ada Demo', at: '2026-02-01T09:00:00+01:00' })).toEqual(['Acme', 'hiking']);
    expect(await objects({ subject: 'Ada Demo', at: '2025-12-31T00:00:00Z' })).toEqual([]);
    expect(await objects({ subject: 'Ada Demo', at: MARCH })).toEqual(['Beta', 'hiking', 'chess']);
    const { triples } = await search({ subject: 'Ada Demo', predicate: 'works_at', at: FEB, hops: 2 });
    expect(triples).toEqual([
      expect.objectContaining({
        object: 'Acme',
        valid_from: JAN,
        valid_to: MARCH,
        recorded_at: JAN,
        subject_type: 'person',
        object_type: 'company',
      }),
    ]);
    const paths = async (at: string) => (await ask('paths', { from: 'Ada Demo', to: 'Acme', at })).body.paths.length;
    expect([await paths(FEB), await paths(MARCH)]).toEqual([1, 0]);
  });

  it('gives a triple evidence once for each origin, and shows the origins when asked', async () => {
    const from = (ref_id: string) => ({
      ...link('SMB', 'trial', 0.4, 'responds_to'),
      provenance: { kind: 'episode' as const, ref_id },
    });
    await state(from('E1'));
    now = FEB;
    await state(from('E1'), from('E2'));
    await state(from('E2'));
    const {
      triples: [triple],
    } = await search({ subject: 'SMB', with_provenance: true });
    const left = 0.4 * 2 ** (-31 / 180);
    expect(triple).toMatchObject({
      evidence_count: 2,
      weight: expect.closeTo(1 - (1 - left) * 0.6, 9),
      recorded_at: JAN,
    });
    expect(triple.provenance).toEqual([
      { kind: 'episode', ref_id: 'E2', lead_id: null, weight: 0.4, recorded_at: FEB },
      { kind: 'episode', ref_id: 'E1', lead_id: null, weight: 0.4, recorded_at: JAN },
    ]);
    expect((await search({ subject: 'SMB' })).triples[0]).not.toHaveProperty('provenance');
  });

  it('states a new triple once when many say it at the same time', async () => {
    await Promise.all(Array.from({ length: 20 }, () => state(link('SMB', 'demo', 0.2), link('Email', 'demo', 0.2))));
    const { triples } = await search({ object: 'demo' });
    expect(triples.map(({ evidence_count }: { evidence_count: number }) => evidence_count)).toEqual([20, 20]);
  });

  it('finds the strongest ways between two entities, either way or only along the triples', async () => {
    await state(
      link('a', 'b', 0.9),
      link('b', 'z', 0.9),
      link('a', 'z', 0.5),
      link('c', 'a', 0.9),
      link('c', 'z', 1),
      link('a', 'z', 0.3, 'hates'),
    );
    const both = await ask('paths', { from: 'a', to: 'z', k: 5 });
    expect(both.status).toBe(200);
    expect(both.body.is_complete).toBe(true);
    expect(
      both.body.paths.map(({ strength, entities }: { strength: number; entities: string[] }) => [
        entities.join(''),
        Number(strength.toFixed(3)),
      ]),
    ).toEqual([
      ['acz', 0.9],
      ['abz', 0.81],
      ['az', 0.5],
    ]);
    expect(both.body.paths[0].steps).toEqual([
      expect.objectContaining({ subject: 'c', object: 'a', is_reversed: true }),
      expect.objectContaining({ subject: 'c', object: 'z', is_reversed: false }),
    ]);
    const out = (await ask('paths', { from: 'a', to: 'z', k: 1, direction: 'out', with_provenance: true })).body.paths;
    expect(out).toEqual([expect.objectContaining({ entities: ['a', 'b', 'z'] })]);
    expect(out[0].steps[0].provenance).toEqual([]);
    expect(
      (await ask('paths', { from: 'a', to: 'z', max_hops: 1 })).body.paths.map(
        ({ steps }: { steps: object[] }) => steps,
      ),
    ).toEqual([[expect.objectContaining({ weight: 0.5 })]]);
    expect((await ask('paths', { from: 'a', to: 'nothing known' })).body).toEqual({ paths: [], is_complete: true });
    expect((await ask('paths', { from: 'z', to: 'b', direction: 'out' })).body.paths).toEqual([]);
  });

  it('ranks what lies near several entities together', async () => {
    await state(
      link('SaaS', 'trial', 0.8),
      link('Email', 'trial', 0.8),
      link('SaaS', 'audit', 0.8),
      link('Email', 'banner', 0.8),
      link('far', 'away', 1),
    );
    const { ranking, triples, residual } = await search({ entities: ['SaaS', 'Email', 'nothing known'] });
    expect(ranking.map(({ entity }: { entity: string }) => entity)).toEqual([
      'Email',
      'SaaS',
      'trial',
      'audit',
      'banner',
    ]);
    expect(triples.slice(0, 2).map(({ object }: { object: string }) => object)).toEqual(['trial', 'trial']);
    expect(triples).toHaveLength(4);
    expect(triples[0].hop).toBeNull();
    expect(residual).toBeLessThan(0.01);
    expect(await search({ entities: ['nothing known'] })).toEqual({ triples: [], ranking: [], residual: 0 });
  });

  it.each([
    ['search', {}, ['entities']],
    ['search', { entities: ['a'], hops: 2, subject: 'a' }, ['subject', 'hops']],
    ['search', { prefix: 'a' }, ['prefix']],
    ['search', { prefix: 'ab', subject: 'a' }, ['subject']],
    ['search', { entity: 'a', object: 'b' }, ['object']],
    ['search', { subject: 'a', object: 'b', hops: 2 }, ['hops']],
    ['search', { subject: 'a', hops: 4 }, ['hops']],
    ['search', { subject: 'a', at: 'yesterday' }, ['at']],
    ['search', { subject: '' }, ['subject']],
    ['paths', { from: 'a' }, ['to']],
    ['paths', { from: 'a', to: 'a' }, ['to']],
    ['paths', { from: 'a', to: 'b', k: 11, max_hops: 0 }, ['k', 'max_hops']],
    ['paths', { from: 'a', to: 'b', direction: 'in' }, ['direction']],
  ])('refuses %s of %j and names what is wrong', async (path, query, fields) => {
    const { status, body } = await ask(path, query as never);
    expect(status).toBe(400);
    expect(body.errors.map((error: { path: string }) => error.path)).toEqual(fields);
  });

  it('lets weights fade in steps, the same however often it is done, and leaves what has ended', async () => {
    await state(link('a', 'b', 0.8), link('a', 'c', 0.2), { ...link('a', 'd', 0.8), valid_to: FEB });
    await units.run((unit) =>
      unit.of(SemanticTriple).insert({ triple_id: 'imported', ...link('a', 'e', 0.6), source: 'imported' }),
    );
    const decay = async (now: string): Promise<number[]> => {
      const decayed: number[] = [];
      for (let after: string | null = ''; after !== null;) {
        const from: string = after;
        const step = await units.run((unit) => store.decay(unit, now, { after: from, limit: 2 }));
        decayed.push(step.decayed);
        after = step.next;
      }
      return decayed;
    };
    const weights = async () =>
      Object.fromEntries(
        (await database.of(SemanticTriple).find()).map(({ object, weight }) => [object, Number(weight.toFixed(6))]),
      );
    const inDays = (days: number): string => new Date(Date.parse(JAN) + days * 86_400_000).toISOString();

    await decay(inDays(0.5));
    expect(await weights()).toEqual({ b: 0.8, c: 0.2, d: 0.8, e: 0.6 });
    await decay(inDays(180.5));
    const faded = await weights();
    expect(faded).toEqual({ b: Number((0.4 * 2 ** (-0.5 / 180)).toFixed(6)), c: 0.1, d: 0.8, e: 0.3 });
    expect((await decay(inDays(180.5))).every((count) => count === 0)).toBe(true);
    expect(await weights()).toEqual(faded);
    await decay(inDays(3000));
    expect(await weights()).toEqual({ b: 0.1, c: 0.1, d: 0.8, e: 0.1 });
  });

  it('forgets a lead: what is said of it, what rests on it alone, and that it was ever a source', async () => {
    const by = (kind: 'lead' | 'conversation', ref_id: string, lead_id?: string) => ({
      provenance: { kind, ref_id, ...(lead_id && { lead_id }) },
    });
    await state(
      { ...link('L1', 'demo'), ...by('lead', 'L1') },
      link('ROI', 'L1'),
      link('L10', 'demo'),
      { ...link('SMB', 'alone', 0.3), ...by('conversation', 'C1', 'L1') },
      { ...link('SMB', 'shared', 0.3), ...by('conversation', 'C1', 'L1') },
      { ...link('SMB', 'shared', 0.3), ...by('conversation', 'C2', 'L2') },
    );
    const exported = await store.exportLead(database, 'L1');
    expect(
      exported
        .map(({ subject, object, provenance }) => [subject, object, provenance.map(({ ref_id }) => ref_id)])
        .sort(),
    ).toEqual([
      ['L1', 'demo', ['L1']],
      ['ROI', 'L1', []],
      ['SMB', 'alone', ['C1']],
      ['SMB', 'shared', ['C1']],
    ]);
    expect(await units.run((unit) => store.forgetLead(unit, 'L1'))).toBe(4);
    expect(await store.exportLead(database, 'L1')).toEqual([]);
    const rows = await database.of(SemanticTriple).find({}, { order: { subject: 'asc' } });
    expect(rows.map(({ subject, object, evidence_count }) => [subject, object, evidence_count])).toEqual([
      ['L10', 'demo', 1],
      ['SMB', 'shared', 1],
    ]);
    expect(
      (await search({ subject: 'SMB', with_provenance: true })).triples[0].provenance.map(
        ({ ref_id }: { ref_id: string }) => ref_id,
      ),
    ).toEqual(['C2']);
  });

  it('asks for memory:rw, and is the same at the JSON-RPC door', async () => {
    expect((await herald.call('GET', '/api/v1/graph/search?subject=a', undefined, { token: null })).status).toBe(401);
    await state(link('a', 'b'), link('b', 'c'));
    const rpc = async (method: string, params: object) =>
      (await herald.call('POST', '/rpc', { jsonrpc: '2.0', id: 1, method, params })).body.result;
    expect(await rpc('graph.search', { entities: ['a'] })).toEqual(await search({ entities: ['a'] }));
    expect((await rpc('graph.paths', { from: 'a', to: 'c' })).paths[0].entities).toEqual(['a', 'b', 'c']);
  });
});
