import BetterSqlite3 from 'better-sqlite3';
import { createRandom } from '../../src/config/index.js';
import { EPISODIC_ENTITIES, EPISODIC_PROVIDERS } from '../../src/memory/episodic/episodic.providers.js';
import { EpisodeFollower } from '../../src/memory/episodic/episode-follower.js';
import { textOf } from '../../src/memory/episodic/episode-document.js';
import { EpisodicMemory } from '../../src/memory/episodic/episodic.entity.js';
import { EpisodicStore } from '../../src/memory/episodic/episodic.store.js';
import { HashEmbedder } from '../../src/memory/episodic/hash-embedder.js';
import { wordsOf } from '../../src/memory/episodic/words-of.js';
import { databaseFile } from '../kit/bench-data.js';
import { type Bench, figure } from '../kit/bench.js';
import { percentile } from '../kit/figures.js';
import { type OpenTier, openTier } from './kit.js';
import { rateOf } from './measure.js';
import { type MadeUpEpisode, madeUpEpisodes, madeUpQuery } from './made-up-episodes.js';

const EPISODES = 100_000;
const WARM_UP = 100;
const FOUND = 10;
const IN_A_UNIT = 500;
const WRITERS = 64;
const NOW = '2026-01-31T09:00:00.000Z';
const WRITES_AT_A_TIME = 50;

/**
 * Episodic memory at 100,000 episodes on SQLite: how fast they are written, one by one and in batches, how long a search takes from
 * text to rows (embedding, vectors, full text, fusion, fetching), alone and while episodes are written, and how many of the ten most
 * similar by an exact comparison the vector index finds.
 */
export const episodicBench: Bench = async ({ data, isQuick, seed, say }) => {
  const queries = isQuick ? 2_000 : 5_000;
  const dataDir = data.freshFolder();
  const tier = await openTier(dataDir, { entities: EPISODIC_ENTITIES, providers: EPISODIC_PROVIDERS });
  try {
    const episodes = [...madeUpEpisodes(seed, EPISODES)];
    const written = await write(tier, episodes, say);
    const alone = await search(tier, queries, seed, say);
    const exact = await compareExactly(tier, seed, isQuick ? 100 : 300);
    const singly = await writeSingly(tier, isQuick ? 5_000 : 20_000, seed);
    const busy = await searchWhileWriting(tier, Math.min(queries, 2_000), seed);
    const fts = bareFullText(databaseFile(dataDir), seed, 300);
    return {
      bench: 'memory-episodic',
      what: `episodic memory with ${EPISODES.toLocaleString('en-US')} episodes: ${queries.toLocaleString('en-US')} searches for ${FOUND} by text`,
      figures: [
        figure('search p99', 'ms', [percentile(alone, 0.99)], { below: 10 }),
        figure('search p50', 'ms', [percentile(alone, 0.5)]),
        figure(`search p99 while ${Math.round(busy.writesPerSecond).toLocaleString('en-US')} episodes/s are written`, 'ms', [percentile(busy.latencies, 0.99)]),
        figure(`writes, ${IN_A_UNIT} a unit`, 'episodes/s', [written.perSecond], { atLeast: 5_000 }),
        figure(`writes, one a unit, ${WRITERS} waiting`, 'episodes/s', [singly]),
        figure('recall@10 against the exact order', '', [exact.recall], { atLeast: 0.95 }),
      ],
      limits: [
        figure('exact comparison with every vector (float32), p50', 'ms', [percentile(exact.latencies, 0.5)]),
        figure('FTS5 bm25 top 10 with all words of the query, p50', 'ms', [percentile(fts, 0.5)]),
        figure('the same, p99', 'ms', [percentile(fts, 0.99)]),
      ],
      notes: [
        `${written.stored.toLocaleString('en-US')} rows after merging; written in units of ${IN_A_UNIT}`,
        'the embedder hashes words, pairs and parts of words: recall is against its own exact cosine, not against meaning',
      ],
    };
  } finally {
    await tier.close();
    data.remove(dataDir);
  }
};

async function write(tier: OpenTier, episodes: readonly MadeUpEpisode[], say: (line: string) => void): Promise<{ perSecond: number; stored: number }> {
  const store = tier.get(EpisodicStore);
  const started = performance.now();
  for (let start = 0; start < episodes.length; start += IN_A_UNIT) {
    await tier.units.run((unit) => store.remember(unit, episodes.slice(start, start + IN_A_UNIT), { now: NOW, source: 'bench' }));
  }
  const perSecond = episodes.length / ((performance.now() - started) / 1000);
  say(`memory-episodic: ${Math.round(perSecond)} episodes/s`);
  const [row] = await tier.database.query('SELECT COUNT(*) AS n FROM memory_episodic');
  return { perSecond, stored: Number(row!.n) };
}

/** Each episode in a unit of its own, as an agent writes back what came of a message. */
function writeSingly(tier: OpenTier, count: number, seed: number): Promise<number> {
  const store = tier.get(EpisodicStore);
  const more = [...madeUpEpisodes(seed + 2_000_003, count)];
  return rateOf(count, WRITERS, (index) => tier.units.run((unit) => store.remember(unit, [more[index]!], { now: NOW, source: 'bench' })));
}

async function search(tier: OpenTier, count: number, seed: number, say: (line: string) => void): Promise<number[]> {
  const store = tier.get(EpisodicStore);
  const random = createRandom(`queries ${seed}`);
  const latencies: number[] = [];
  for (let number = 0; number < WARM_UP + count; number++) {
    const text = madeUpQuery(random);
    const started = performance.now();
    const found = await store.search(tier.database, { text, limit: FOUND });
    latencies.push(performance.now() - started);
    if (found.length === 0) throw new Error(`nothing was found for "${text}"`);
  }
  latencies.splice(0, WARM_UP);
  say(`memory-episodic: search p50 ${percentile(latencies, 0.5).toFixed(2)} ms, p99 ${percentile(latencies, 0.99).toFixed(2)} ms`);
  return latencies;
}

/** One search after each few writes, so that every search finds something new to take in. */
async function searchWhileWriting(tier: OpenTier, count: number, seed: number): Promise<{ latencies: number[]; writesPerSecond: number }> {
  const store = tier.get(EpisodicStore);
  const random = createRandom(`busy ${seed}`);
  const more = madeUpEpisodes(seed + 1_000_003, count * WRITES_AT_A_TIME);
  const latencies: number[] = [];
  const began = performance.now();
  for (let number = 0; number < count; number++) {
    const part = Array.from({ length: WRITES_AT_A_TIME }, () => more.next().value as MadeUpEpisode);
    await tier.units.run((unit) => store.remember(unit, part, { now: NOW, source: 'bench' }));
    const text = madeUpQuery(random);
    const started = performance.now();
    await store.search(tier.database, { text, limit: FOUND });
    latencies.push(performance.now() - started);
  }
  return { latencies, writesPerSecond: (count * WRITES_AT_A_TIME) / ((performance.now() - began) / 1000) };
}

/** The ten most similar by comparing with every vector in full precision, beside what the index gives. */
async function compareExactly(tier: OpenTier, seed: number, count: number): Promise<{ recall: number; latencies: number[] }> {
  const embedder = new HashEmbedder();
  const { dimensions } = embedder;
  const { vectors: index } = tier.get(EpisodeFollower);
  const rows = await tier.database.query(
    'SELECT i.doc_id, m.* FROM memory_episodic m JOIN memory_episodic_index i ON i.episode_id = m.episode_id ORDER BY i.doc_id',
  );
  const place = new Map(rows.map((row, at) => [row.doc_id as number, at]));
  const vectors = new Float32Array(rows.length * dimensions);
  const texts = rows.map((row) => textOf(tier.database.of(EpisodicMemory).decode(row)));
  (await embedder.embed(texts)).forEach((vector, at) => vectors.set(vector, at * dimensions));
  const random = createRandom(`exact ${seed}`);
  const latencies: number[] = [];
  let hits = 0;
  for (let number = 0; number < count; number++) {
    const [query] = await embedder.embed([madeUpQuery(random)]);
    const started = performance.now();
    const similarities = dotProducts(query!, vectors);
    const tenth = similarities.toSorted().at(-FOUND)!;
    latencies.push(performance.now() - started);
    // as similar as the tenth is as good as the tenth
    hits += index.nearest(query!, FOUND).filter(({ docId }) => similarities[place.get(docId)!]! >= tenth).length;
  }
  return { recall: hits / (count * FOUND), latencies };
}

function dotProducts(query: Float32Array, vectors: Float32Array): Float32Array {
  const products = new Float32Array(vectors.length / query.length);
  for (let row = 0; row < products.length; row++) {
    const start = row * query.length;
    let sum = 0;
    for (let index = 0; index < query.length; index++) sum += query[index]! * vectors[start + index]!;
    products[row] = sum;
  }
  return products;
}

/** The full-text index asked directly, with all words and no bound. */
function bareFullText(file: string, seed: number, count: number): number[] {
  const database = new BetterSqlite3(file, { readonly: true });
  const ask = database.prepare(`SELECT rowid, rank FROM memory_episodic_fts WHERE memory_episodic_fts MATCH ? ORDER BY rank LIMIT ${FOUND}`);
  const random = createRandom(`queries ${seed}`);
  const latencies = Array.from({ length: count }, () => {
    const match = [...new Set(wordsOf(madeUpQuery(random)))].map((word) => `"${word}"`).join(' OR ');
    const started = performance.now();
    ask.all(match);
    return performance.now() - started;
  });
  database.close();
  return latencies;
}
