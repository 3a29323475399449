import { FixedClock } from '../src/config/index.js';
import { Database, UnitOfWork } from '../src/database/index.js';
import { TextEmbedder } from '../src/memory/episodic/embedding.js';
import { EpisodeChanges, EpisodeFollower } from '../src/memory/episodic/episode-follower.js';
import { EpisodeIndexer } from '../src/memory/episodic/episode-index.js';
import { EpisodeText } from '../src/memory/episodic/episode-text.js';
import { type EpisodeEntry, type EpisodeQuery, EpisodicStore } from '../src/memory/episodic/episodic.store.js';
import { HashEmbedder } from '../src/memory/episodic/hash-embedder.js';
import { EpisodicMemory } from '../src/memory/episodic/episodic.entities.js';
import { Log } from '../src/telemetry/index.js';
import { type StartedApp, startApp } from './app.js';

const NOW = '2026-03-01T08:00:00.000Z';
const LATER = '2026-03-05T08:00:00.000Z';

const anEpisode = (changes: Partial<EpisodeEntry> = {}): EpisodeEntry => ({
  scenario: 'security_review',
  action_sequence_json: ['send_case_study', 'book_demo'],
  outcome_score: 0.8,
  notes: 'the CISO asked for the penetration test report before the demo',
  ...changes,
});

describe('episodic memory', () => {
  let herald: StartedApp;
  let store: EpisodicStore;
  let database: Database;
  let units: UnitOfWork;

  beforeAll(async () => {
    herald = await startApp({ clock: new FixedClock(NOW) });
    [store, database, units] = [
      herald.app.get(EpisodicStore, { strict: false }),
      herald.app.get(Database),
      herald.app.get(UnitOfWork),
    ];
  });
  afterAll(() => herald.stop());
  beforeEach(() => units.run((unit) => unit.of(EpisodicMemory).delete({})));

  const remember = (entries: readonly EpisodeEntry[], { now = NOW, source = 'test' } = {}) =>
    units.run((unit) => store.remember(unit, entries, { now, source }));
  const search = (query: Partial<EpisodeQuery>) => store.search(database, { limit: 10, ...query });
  const notesOf = async (query: Partial<EpisodeQuery>) => (await search(query)).map(({ notes }) => notes);
  const writePast = (rows: readonly Partial<EpisodicMemory>[]) =>
    units.run(
      async (unit) =>
        void (await unit
          .of(EpisodicMemory)
          .insert(rows.map(({ episode_id, ...row }) => ({ ...anEpisode(row), episode_id: episode_id! })))),
    );

  describe('search', () => {
    it('finds the situation by other words in another order, with the reasons for its place', async () => {
      await remember([
        anEpisode(),
        anEpisode({
          scenario: 'budget_blocker',
          notes: 'price per seat was too high, a discount for two years settled it',
          action_sequence_json: ['offer_discount'],
        }),
        anEpisode({
          scenario: 'churn_risk',
          notes: 'nobody had logged in since spring',
          action_sequence_json: ['call_champion'],
          outcome_score: 0.3,
        }),
      ]);
      const [best, ...others] = await search({ text: 'CISO wants to see penetration testing reports' });
      expect(best).toMatchObject({
        scenario: 'security_review',
        outcome_score: 0.8,
        occurrences: 1,
        source: 'test',
        first_seen_at: NOW,
        text_rank: 1,
      });
      expect(best!.similarity).toBeGreaterThan(0.3);
      // first in all three rankings
      expect(best!.score).toBeCloseTo(3 / 61, 10);
      expect(others.every(({ score }) => score < best!.score)).toBe(true);
    });

    it('puts the better outcome first where the texts say the same, and the earlier one where all is equal', async () => {
      await writePast([0.2, 0.9, 0.9].map((outcome_score, index) => ({ episode_id: `I${index}`, outcome_score })));
      const found = await search({ text: 'penetration test' });
      expect(found.map(({ episode_id }) => episode_id)).toEqual(['I1', 'I2', 'I0']);
      expect(await search({ text: 'penetration test' })).toEqual(found);
    });

    it('keeps to scenario and outcome, with a text and without', async () => {
      await remember(
        [0.1, 0.5, 0.9].flatMap((outcome_score) =>
          ['churn_risk', 'budget_blocker'].map((scenario) =>
            anEpisode({
              scenario,
              outcome_score,
              action_sequence_json: [`call_${outcome_score}`],
              notes: 'the renewal date was near',
            }),
          ),
        ),
      );
      const query = { scenario: 'churn_risk', min_outcome: 0.5 };
      for (const text of [undefined, 'renewal date']) {
        const found = await search({ ...query, ...(text && { text }) });
        expect(found.map(({ scenario, outcome_score }) => [scenario, outcome_score])).toEqual([
          ['churn_risk', 0.9],
          ['churn_risk', 0.5],
        ]);
      }
      expect(await search({ scenario: 'unheard_of', text: 'renewal' })).toEqual([]);
      expect(await search({ min_outcome: 0.95 })).toEqual([]);
      expect(await search({ limit: 2 })).toHaveLength(2);
    });

    it.each([
      '',
      ' ',
      '"',
      '""',
      "'",
      '*',
      'a*',
      '^',
      '(',
      ')',
      'AND',
      'OR NOT',
      'NEAR(a b)',
      'words:',
      'penetration AND (',
      '"penetration',
      "'; DROP TABLE leads; --",
      '\u0000',
      '\ud800',
      '%_',
      '\\',
      ':*',
      '!',
      '<->',
      'a & | b',
      '-penetration',
      'col : x',
      '\u202e\u0301',
      '🎯',
      '契約',
      'x'.repeat(50_000),
      'penetration '.repeat(5_000),
      Array.from({ length: 3_000 }, (_, n) => `w${n}`).join(' '),
    ])('takes any text: %#', async (text) => {
      await remember([anEpisode()]);
      const found = await search({ text });
      expect(found.length).toBeLessThanOrEqual(1);
      if (/penetration/.test(text)) expect(found).toHaveLength(1);
    });

    it('shows over the API what the agents see', async () => {
      await remember([anEpisode()]);
      const { status, body } = await herald.call('GET', '/api/v1/memory/search?text=penetration%20test');
      expect([status, body.episodic]).toMatchObject([200, [{ scenario: 'security_review', notes: anEpisode().notes }]]);
    });
  });

  describe('remembering', () => {
    it('counts a near-identical episode to the known one', async () => {
      const [first] = await remember([anEpisode({ outcome_score: 0.9 })]);
      const [again] = await remember(
        [anEpisode({ outcome_score: 0.6, notes: 'the CISO asked for the penetration test report before a demo' })],
        { now: LATER },
      );
      expect(again).toMatchObject({
        episode_id: first!.episode_id,
        occurrences: 2,
        notes: anEpisode().notes,
        first_seen_at: NOW,
        last_seen_at: LATER,
      });
      expect(again!.outcome_score).toBeCloseTo(0.75, 12);
      const batch = await remember([
        anEpisode({ outcome_score: 0 }),
        anEpisode({ outcome_score: 0 }),
        anEpisode({ action_sequence_json: ['book_demo', 'send_case_study'] }),
      ]);
      expect(batch.map(({ occurrences }) => occurrences)).toEqual([4, 4, 1]);
      expect(await database.of(EpisodicMemory).count()).toBe(2);
      expect(
        (await store.repeated(database, { minOccurrences: 2 })).map(({ episode_id, occurrences }) => [
          episode_id,
          occurrences,
        ]),
      ).toEqual([[first!.episode_id, 4]]);
      expect(await store.repeated(database, { minOccurrences: 5 })).toEqual([]);
      await expect(store.repeated(database, { minOccurrences: 1 })).rejects.toThrow(RangeError);
      // a search sees the new mean
      expect(
        (await search({ text: 'penetration test', min_outcome: 0.5 })).map(({ action_sequence_json: [step] }) => step),
      ).toEqual(['book_demo']);
    });

    it('counts the same event of the same source once', async () => {
      const event = anEpisode({ source_id: 'MSG_1' });
      const [first] = await remember([event]);
      const [twice, same] = await remember([event, { ...event, outcome_score: 0 }], { now: LATER });
      expect([twice, same]).toEqual([first, first]);
      expect((await remember([event], { source: 'other' }))[0]).toMatchObject({
        episode_id: first!.episode_id,
        occurrences: 2,
      });
      expect(
        (await remember([anEpisode({ source_id: 'MSG_2' }), anEpisode({ source_id: 'MSG_2' })])).map(
          ({ occurrences }) => occurrences,
        ),
      ).toEqual([3, 3]);
    });

    it('replaces an episode by its id, as a whole and in both indexes', async () => {
      await remember([anEpisode({ episode_id: 'E1' }), anEpisode()]);
      const [replaced] = await remember(
        [
          anEpisode({
            episode_id: 'E1',
            scenario: 'churn_risk',
            notes: 'invoices were wrong twice',
            outcome_score: 0.1,
          }),
        ],
        { now: LATER },
      );
      expect(replaced).toMatchObject({ episode_id: 'E1', occurrences: 1, first_seen_at: LATER });
      expect(await notesOf({ text: 'penetration' })).toEqual([]);
      expect((await search({ text: 'wrong invoice' })).map(({ episode_id }) => episode_id)).toEqual(['E1']);
    });

    it('leaves nothing of a unit that fails, in neither index', async () => {
      await remember([anEpisode()]);
      await units
        .run(async (unit) => {
          await store.remember(unit, [anEpisode({ scenario: 'churn_risk', notes: 'zebra stripes' }), anEpisode()], {
            now: NOW,
          });
          expect((await store.search(unit, { text: 'zebra', limit: 10 })).map(({ notes }) => notes)).toEqual([
            'zebra stripes',
          ]);
          throw new Error('no');
        })
        .catch(() => undefined);
      expect(await notesOf({ text: 'zebra stripes' })).toEqual([]);
      expect((await search({ text: 'penetration test' })).map(({ occurrences }) => occurrences)).toEqual([1]);
      const { vectors } = herald.app.get(EpisodeFollower, { strict: false });
      expect(vectors.size).toBe(1);
    });

    it('takes what is told at the same time in several units as one', async () => {
      await Promise.all(
        Array.from({ length: 12 }, (_, index) => remember([anEpisode({ outcome_score: (index % 2) / 2 })])),
      );
      const [only, ...others] = await search({ text: 'penetration' });
      expect([only!.occurrences, others]).toEqual([12, []]);
      expect(only!.outcome_score).toBeCloseTo(0.25, 12);
    });
  });

  describe('rows written past the store', () => {
    it('are found as soon as they are committed, changed or deleted, and stay as they are', async () => {
      await writePast([
        { episode_id: 'I1', notes: 'imported giraffe' },
        { episode_id: 'I2', notes: 'imported giraffe' },
      ]);
      expect(
        (await search({ text: 'giraffe' })).map(({ episode_id, occurrences }) => [episode_id, occurrences]),
      ).toEqual([
        ['I1', 1],
        ['I2', 1],
      ]);
      await units.run(async (unit) => {
        await unit.of(EpisodicMemory).update({ episode_id: 'I1' }, { notes: 'now an okapi', outcome_score: 0.2 });
        await unit.of(EpisodicMemory).delete({ episode_id: 'I2' });
      });
      expect(await notesOf({ text: 'giraffe' })).toEqual([]);
      expect(await notesOf({ text: 'okapis' })).toEqual(['now an okapi']);
      expect(await notesOf({ text: 'okapis', min_outcome: 0.5 })).toEqual([]);
    });

    it('do not hold up the others when their steps are no list', async () => {
      await writePast([
        { episode_id: 'I1', action_sequence_json: { step: 1 } as never, notes: 'odd steps' },
        { episode_id: 'I2', notes: 'sound steps' },
      ]);
      expect((await notesOf({ text: 'steps' })).sort()).toEqual(['odd steps', 'sound steps']);
    });

    it('are merged with when the same happens again', async () => {
      await writePast([{ episode_id: 'I1' }]);
      await search({ text: 'anything' });
      expect((await remember([anEpisode()]))[0]).toMatchObject({ episode_id: 'I1', occurrences: 2 });
    });

    it('are followed by every process, also where an earlier unit commits last', async () => {
      const follower = () => {
        const get = <T>(type: abstract new (...args: never[]) => T): T =>
          herald.app.get(type as never, { strict: false });
        return new EpisodeFollower(
          get(EpisodeChanges),
          get(EpisodeIndexer),
          get(EpisodeText),
          get(TextEmbedder),
          units,
          get(Log),
          database,
        );
      };
      const other = follower();
      await other.refresh();
      expect(other.vectors.size).toBe(0);
      let release = (): void => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      let isWritten = (): void => undefined;
      const written = new Promise<void>((resolve) => (isWritten = resolve));
      const slow = units.run(async (unit) => {
        await store.remember(unit, [anEpisode({ scenario: 'slow' })], { now: NOW });
        isWritten();
        await held;
      });
      await written;
      // on SQLite the second waits for the first; on PostgreSQL it overtakes
      const fast = remember([anEpisode({ scenario: 'fast', notes: 'quite another thing' })]);
      if (database.dialect === 'postgres') await fast;
      else release();
      await Promise.all([fast, database.dialect === 'postgres' ? undefined : slow]);
      await other.refresh();
      expect(other.vectors.size).toBe(database.dialect === 'postgres' ? 1 : 2);
      release();
      await slow;
      await other.refresh();
      expect(other.vectors.size).toBe(2);
      await units.run((unit) => unit.of(EpisodicMemory).delete({ scenario: 'fast' }));
      await other.refresh();
      expect(other.vectors.size).toBe(1);
      const late = follower();
      await late.refresh();
      expect(late.vectors.size).toBe(1);
    });

    it('are taken in part by part when they are many', async () => {
      await writePast(
        Array.from({ length: 450 }, (_, index) => ({ episode_id: `M${index}`, notes: `lesson number ${index}` })),
      );
      await search({ text: 'lesson' });
      expect(
        await database.query('SELECT COUNT(*) AS n FROM memory_episodic_pending').then(([row]) => Number(row!.n)),
      ).toBe(0);
      expect(await notesOf({ text: 'number 246', limit: 1 })).toEqual(['lesson number 246']);
    });
  });

  describe('full text, which an episode is given after its commit,', () => {
    const withText = async () => {
      const [row] = await database.query('SELECT COUNT(*) AS n FROM memory_episodic_fts');
      return Number(row!.n);
    };

    it('is there for the search that follows at once, and for one inside the unit', async () => {
      await remember([anEpisode({ notes: 'a quokka asked for a demo' })]);
      expect(await search({ text: 'quokka' })).toMatchObject([{ text_rank: 1 }]);
      const inside = await units.run(async (unit) => {
        await store.remember(unit, [anEpisode({ scenario: 'other', notes: 'a numbat signed' })], { now: NOW });
        return store.search(unit, { text: 'numbat', limit: 10 });
      });
      expect(inside[0]).toMatchObject({ notes: 'a numbat signed', text_rank: 1 });
    });

    it('is not needed to find and forget the lead that an episode names, nor to delete or replace the episode', async () => {
      await remember([
        anEpisode({ notes: 'W-4711 asked for a demo' }),
        anEpisode({ episode_id: 'E-1', scenario: 'one', notes: 'first words' }),
        anEpisode({ episode_id: 'E-2', scenario: 'two', notes: 'gone soon' }),
      ]);
      await remember([anEpisode({ episode_id: 'E-1', scenario: 'one', notes: 'second words' })]);
      await units.run((unit) => unit.of(EpisodicMemory).delete({ episode_id: 'E-2' }));
      expect(await store.exportLead(database, 'W-4711')).toMatchObject([{ relation: 'is_named' }]);
      expect(await units.run((unit) => store.forgetLead(unit, 'W-4711'))).toBe(1);
      expect(await notesOf({ text: 'second' })).toEqual(['second words']);
      expect((await search({ text: 'first gone asked' })).filter(({ text_rank }) => text_rank !== null)).toEqual([]);
      expect(await withText()).toBe(1);
    });
  });

  it('embeds anew what another model embedded, and compares nothing with it before', async () => {
    await remember([anEpisode()]);
    const get = <T>(type: abstract new (...args: never[]) => T): T => herald.app.get(type as never, { strict: false });
    const smaller = new EpisodeFollower(
      get(EpisodeChanges),
      get(EpisodeIndexer),
      get(EpisodeText),
      new HashEmbedder(64),
      units,
      get(Log),
      database,
    );
    await smaller.refresh();
    expect(smaller.vectors.size).toBe(0);
    expect(
      await database.query('SELECT COUNT(*) AS n FROM memory_episodic_pending').then(([row]) => Number(row!.n)),
    ).toBe(1);
    expect(await notesOf({ text: 'penetration' })).toHaveLength(1);
  });

  describe('a person', () => {
    it('is erased: what only it told, what names it, its part in what others told too, and its words', async () => {
      await remember([
        anEpisode({ lead_id: 'L1', outcome_score: 1, source_id: 'A' }),
        anEpisode({ lead_id: 'L2', outcome_score: 0.5, source_id: 'B' }),
      ]);
      await remember([
        anEpisode({ scenario: 'churn_risk', notes: 'only L1 was like this', lead_id: 'L1' }),
        anEpisode({
          scenario: 'budget_blocker',
          notes: 'went well for l1, too',
          action_sequence_json: ['ask_referral'],
        }),
        anEpisode({
          scenario: 'budget_blocker',
          notes: 'went well for L10 and xL1 and L1-b',
          action_sequence_json: ['send_survey'],
        }),
        anEpisode({ scenario: 'smb_quick_win', notes: 'a short call settled it', lead_id: 'L2' }),
      ]);
      await writePast([{ episode_id: 'I1', scenario: 'imported', notes: 'L1 said no' }]);
      expect(
        (await store.exportLead(database, 'L1')).map(({ scenario, relation }) => [scenario, relation]).sort(),
      ).toEqual([
        ['budget_blocker', 'is_named'],
        ['churn_risk', 'took_part'],
        ['imported', 'is_named'],
        ['security_review', 'took_part'],
      ]);
      expect(await units.run((unit) => store.forgetLead(unit, 'L1'))).toBe(4);
      expect(await store.exportLead(database, 'L1')).toEqual([]);
      const left = await search({ limit: 10 });
      expect(left.map(({ scenario, notes, occurrences }) => [scenario, notes, occurrences]).sort()).toEqual([
        ['budget_blocker', 'went well for L10 and xL1 and L1-b', 1],
        ['security_review', '', 1],
        ['smb_quick_win', 'a short call settled it', 1],
      ]);
      expect(left.find(({ scenario }) => scenario === 'security_review')).toMatchObject({ outcome_score: 0.5 });
      // its words are in no index any more
      expect(await notesOf({ text: 'penetration' })).toEqual([]);
      expect(await units.run((unit) => store.forgetLead(unit, 'L1'))).toBe(0);
      expect(await units.run((unit) => store.forgetLead(unit, '"; --'))).toBe(0);
    });
  });
});
