import BetterSqlite3 from 'better-sqlite3';
import { createRandom } from '../../src/config/index.js';
import { EpisodeFollower } from '../../src/memory/episodic/episode-follower.js';
import { textOf } from '../../src/memory/episodic/episode-document.js';
import { EpisodicMemory } from '../../src/memory/episodic/episodic.entities.js';
import { HashEmbedder } from '../../src/memory/episodic/hash-embedder.js';
import { wordsOf } from '../../src/memory/episodic/words-of.js';
import { databaseFile } from '../kit/bench-data.js';
import { type Bench, figure, repeat } from '../kit/bench.js';
import { percentile } from '../kit/figures.js';
import { type MadeUpEpisode, madeUpEpisodes, madeUpQuery } from './made-up-episodes.js';
import { BareWrites, type ComparedWrites } from './bare-writes.js';
import { rateOf } from './measure.js';
import { type OpenMemory, openMemory, residentNote } from './open-memory.js';

const EPISODES = 100_000;
/** Searches right after opening, when little of the file is in the process. */
const COLD = 100;
const FOUND = 10;
const IN_A_UNIT = 500;
const WRITERS = 64;
const TELLING = { now: '2026-01-31T09:00:00.000Z', source: 'bench' };
/** Characters that the operation takes. */
const LONGEST_QUERY = 200;
const WRITES_AT_A_TIME = 50;

/**
 * Episodic memory at 100,000 episodes on SQLite: how fast they are written, one by one and in batches, how long a
 * search takes from text to rows (embedding, vectors, full text, fusion, fetching), alone and while episodes are
 * written, and how many of the ten most similar by an exact comparison the vector index finds.
 */
export const episodicBench: Bench = async ({ data, runs, isQuick, seed, say }) => {
  const queries = isQuick ? 2_000 : 5_000;
  const dataDir = data.freshFolder();
  const empty = await openMemory(dataDir);
  const written = await write(empty, madeUpEpisodes(seed, EPISODES));
  say(`memory-episodic: built at ${Math.round(written.perSecond)} episodes/s`);
  await empty.close();
  const asked = await repeat(runs, async (run) => {
    const opened = await openMemory(dataDir);
    const opening = performance.now();
    await search(opened, 1, seed - 1);
    const first = performance.now() - opening;
    const cold = await search(opened, COLD, seed + 1_000 + run);
    const warm = await search(opened, queries, seed + run);
    const exact = await compareExactly(opened, seed + run, isQuick ? 50 : 100);
    await opened.close();
    say(
      `memory-episodic ${run + 1}: search p50 ${percentile(warm, 0.5).toFixed(2)} ms, p99 ${percentile(warm, 0.99).toFixed(2)} ms, recall ${exact.recall}`,
    );
    return {
      first,
      cold: percentile(cold, 0.99),
      p99: percentile(warm, 0.99),
      p50: percentile(warm, 0.5),
      recall: exact.recall,
      exact: percentile(exact.latencies, 0.5),
    };
  });
  const fts = bareFullText(databaseFile(dataDir), seed, 300);
  let resident = '';
  // only now, so that all searches above have the stated number before them
  const wrote = await repeat(runs, async (run) => {
    const singly = await writeSingly(dataDir, isQuick ? 5_000 : 20_000, seed + run);
    const opened = await openMemory(dataDir);
    const busy = await searchWhileWriting(opened, isQuick ? 200 : 500, seed + run);
    resident = residentNote();
    await opened.close();
    return {
      singly: singly.perSecond,
      bareSingly: singly.barePerSecond,
      busy: percentile(busy.latencies, 0.99),
      busyRate: busy.writesPerSecond,
    };
  });
  data.remove(dataDir);
  return {
    bench: 'memory-episodic',
    what: `episodic memory with ${EPISODES.toLocaleString('en-US')} episodes: ${queries.toLocaleString('en-US')} searches for ${FOUND} by text`,
    figures: [
      figure('search p99', 'ms', asked.p99, { below: 10, ratio: { to: asked.exact, atMost: 0.1 } }),
      figure('search p50', 'ms', asked.p50),
      figure(`the first ${COLD} searches after opening, p99`, 'ms', asked.cold, { below: 10 }),
      figure('the very first, which waits until the vectors are in memory', 'ms', asked.first),
      figure('search p99 while episodes are written', 'ms', wrote.busy),
      figure('episodes written meanwhile', 'episodes/s', wrote.busyRate),
      figure(`writes, ${IN_A_UNIT} a unit`, 'episodes/s', [written.perSecond], { atLeast: 5_000 }),
      figure(`writes, one a unit, ${WRITERS} waiting`, 'episodes/s', wrote.singly, {
        ratio: { to: wrote.bareSingly, atLeast: 0.4 },
      }),
      figure('recall@10 against the exact order', '', asked.recall, { atLeast: 0.95 }),
    ],
    limits: [
      figure('exact comparison with every vector (float32), p50', 'ms', asked.exact),
      figure('the rows of an episode by prepared statements, in the same transactions', 'episodes/s', wrote.bareSingly),
      figure('FTS5 bm25 top 10 with all words of the query, p50', 'ms', [percentile(fts, 0.5)]),
      figure('the same, p99', 'ms', [percentile(fts, 0.99)]),
    ],
    notes: [
      `${written.stored.toLocaleString('en-US')} rows after merging; what is written singly and among searches is written after all other searches, and adds to them`,
      'searches are the operation memory.search, permission, validation and answer included; no query comes twice',
      'the embedder hashes words, pairs and parts of words: recall is against its own exact cosine, not against meaning',
      resident,
    ],
  };
};

async function write(
  { memory, units, database }: OpenMemory,
  episodes: Iterable<MadeUpEpisode>,
): Promise<{ perSecond: number; stored: number }> {
  const all = [...episodes];
  const started = performance.now();
  for (let start = 0; start < all.length; start += IN_A_UNIT) {
    await units.run((unit) => memory.rememberEpisodes(unit, all.slice(start, start + IN_A_UNIT), TELLING));
  }
  const perSecond = all.length / ((performance.now() - started) / 1000);
  const [row] = await database.query('SELECT COUNT(*) AS n FROM memory_episodic');
  return { perSecond, stored: Number(row!.n) };
}

/** Each episode in a unit of its own, as an agent writes back what came of a message, until it can be searched for. */
async function writeSingly(dataDir: string, count: number, seed: number): Promise<ComparedWrites> {
  const bare = new BareWrites(databaseFile(dataDir));
  const opened = await openMemory(dataDir);
  const { memory, units, get } = opened;
  await get(EpisodeFollower).refresh();
  const more = [...madeUpEpisodes(seed + 2_000_003, 2 * count)];
  let next = 0;
  const compared = await bare.compare(count, async (slice) => {
    await rateOf(slice, WRITERS, () => units.run((unit) => memory.rememberEpisodes(unit, [more[next++]!], TELLING)));
    await get(EpisodeFollower).refresh();
  });
  await opened.close();
  bare.close();
  return compared;
}

async function search({ call }: OpenMemory, count: number, seed: number): Promise<number[]> {
  const random = createRandom(`queries ${seed}`);
  const latencies: number[] = [];
  for (let number = 0; number < count; number++) {
    const text = madeUpQuery(random).slice(0, LONGEST_QUERY);
    const started = performance.now();
    const { episodic } = await call<{ episodic: object[] }>('memory.search', { text, limit: FOUND });
    latencies.push(performance.now() - started);
    if (episodic.length === 0) throw new Error(`nothing was found for "${text}"`);
  }
  return latencies;
}

/** One search after each few writes, so that every search finds something new to take in. */
async function searchWhileWriting(
  opened: OpenMemory,
  count: number,
  seed: number,
): Promise<{ latencies: number[]; writesPerSecond: number }> {
  const { memory, units } = opened;
  const more = madeUpEpisodes(seed + 1_000_003, count * WRITES_AT_A_TIME);
  const latencies: number[] = [];
  const began = performance.now();
  for (let number = 0; number < count; number++) {
    const part = Array.from({ length: WRITES_AT_A_TIME }, () => more.next().value as MadeUpEpisode);
    await units.run((unit) => memory.rememberEpisodes(unit, part, TELLING));
    latencies.push(...(await search(opened, 1, seed * 1_000 + number)));
  }
  return { latencies, writesPerSecond: (count * WRITES_AT_A_TIME) / ((performance.now() - began) / 1000) };
}

/** The ten most similar by comparing with every vector in full precision, beside what the index gives. */
async function compareExactly(
  { database, get }: OpenMemory,
  seed: number,
  count: number,
): Promise<{ recall: number; latencies: number[] }> {
  const embedder = new HashEmbedder();
  const { dimensions } = embedder;
  const { vectors: index } = get(EpisodeFollower);
  const rows = await database.query(
    'SELECT i.doc_id, m.* FROM memory_episodic m JOIN memory_episodic_index i ON i.episode_id = m.episode_id ORDER BY i.doc_id',
  );
  const place = new Map(rows.map((row, at) => [row.doc_id as number, at]));
  const vectors = new Float32Array(rows.length * dimensions);
  const texts = rows.map((row) => textOf(database.of(EpisodicMemory).decode(row)));
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
  const ask = database.prepare(
    `SELECT rowid, rank FROM memory_episodic_fts WHERE memory_episodic_fts MATCH ? ORDER BY rank LIMIT ${FOUND}`,
  );
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
