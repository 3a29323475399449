import { statSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { createRandom } from '../../src/config/index.js';
import { SemanticStore } from '../../src/memory/semantic/semantic.store.js';
import type { TripleEntry } from '../../src/memory/semantic/state-triples.js';
import { databaseFile } from '../kit/bench-data.js';
import { type Bench, type BenchContext, figure, repeat } from '../kit/bench.js';
import { percentile } from '../kit/figures.js';
import { BareWrites } from './bare-writes.js';
import { insertTriples, madeUpTriples } from './graph-world.js';
import { type OpenMemory, openMemory, residentNote } from './open-memory.js';

const TRIPLES = 1_000_000;
const ENTITIES = 150_000;
const NOW = '2026-02-01T00:00:00.000Z';
/** Questions right after opening, when nothing of the file is in the process; they are counted apart. */
const COLD = 100;
const LIMIT = 50;
const IN_A_UNIT = 100;
const WRITERS = 64;
const BREADTH = 32;

/**
 * Semantic memory at a million triples on SQLite. Questions begin at an end of a triple drawn by chance, so an entity
 * comes up as often as it has edges; every tenth begins at one of the fifty entities with the most.
 */
export const semanticBench: Bench = async ({ data, runs, isQuick, seed, say }) => {
  const questions = isQuick ? 500 : 2_000;
  const dataDir = data.freshFolder();
  await (await openMemory(dataDir)).close();
  const building = performance.now();
  insertTriples(databaseFile(dataDir), madeUpTriples(seed, TRIPLES, ENTITIES));
  say(
    `memory-semantic: built in ${((performance.now() - building) / 1000).toFixed(1)} s, ${Math.round(statSync(databaseFile(dataDir)).size / 1e6)} MB`,
  );
  const measured = await repeat(runs, async (run) => {
    const opened = await openMemory(dataDir);
    const starts = drawStarts(databaseFile(dataDir), COLD + questions, seed + run);
    const search = (input: object) => opened.call('graph.search', { limit: LIMIT, at: NOW, ...input });
    const twoHops = await time('two hops', starts, say, ([entity]) => search({ entity, hops: 2 }));
    const oneHop = await time('one hop', starts, say, ([entity]) => search({ entity }));
    const threeHops = await time('three hops', starts.slice(0, COLD + questions / 2), say, ([entity]) =>
      search({ entity, hops: 3 }),
    );
    const few = starts.slice(0, COLD + questions / 5);
    const paths = await time('paths', few, say, ([from, to]) =>
      opened.call('graph.paths', { from, to, k: 3, max_hops: 4, at: NOW }),
    );
    const spread = await time('spread', few, say, (entities) => search({ entities }));
    await opened.close();
    const bare = timeBare(databaseFile(dataDir), starts, isQuick ? 50 : 200);
    return {
      twoHopsP50: percentile(twoHops.warm, 0.5),
      twoHopsP99: percentile(twoHops.warm, 0.99),
      twoHopsCold: percentile(twoHops.cold, 0.99),
      oneHopP99: percentile(oneHop.warm, 0.99),
      threeHopsP99: percentile(threeHops.warm, 0.99),
      pathsP50: percentile(paths.warm, 0.5),
      pathsP99: percentile(paths.warm, 0.99),
      spreadP50: percentile(spread.warm, 0.5),
      spreadP99: percentile(spread.warm, 0.99),
      bareTwoP50: percentile(bare.twoHops, 0.5),
      bareTwoP99: percentile(bare.twoHops, 0.99),
      bareOneP99: percentile(bare.oneHop, 0.99),
    };
  });
  let resident = '';
  // only now, so that all questions above have the stated number before them
  const wrote = await repeat(runs, async (run) => {
    const bare = new BareWrites(databaseFile(dataDir));
    const opened = await openMemory(dataDir);
    const [many, few] = isQuick ? [20_000, 5_000] : [50_000, 20_000];
    const batched = await bare.compare(many, writer(opened, seed + 2 * run, IN_A_UNIT, many));
    const single = await bare.compare(few, writer(opened, seed + 2 * run + 1, 1, few));
    resident = residentNote();
    await opened.close();
    bare.close();
    return {
      batched: batched.perSecond,
      bareBatched: batched.barePerSecond,
      single: single.perSecond,
      bareSingle: single.barePerSecond,
    };
  });
  data.remove(dataDir);
  return {
    bench: 'memory-semantic',
    what: `semantic memory with ${TRIPLES.toLocaleString('en-US')} triples between ${ENTITIES.toLocaleString('en-US')} entities: ${questions.toLocaleString('en-US')} questions of a kind, the strongest ${LIMIT} triples of each hop`,
    figures: [
      figure('two hops p99', 'ms', measured.twoHopsP99, { below: 5, ratio: { to: measured.bareTwoP50, atMost: 0.45 } }),
      figure('two hops p50', 'ms', measured.twoHopsP50),
      figure(`two hops, the first ${COLD} after opening, p99`, 'ms', measured.twoHopsCold),
      figure('one hop p99', 'ms', measured.oneHopP99),
      figure('three hops p99', 'ms', measured.threeHopsP99),
      figure('three strongest paths of up to four triples, p50', 'ms', measured.pathsP50),
      figure('the same, p99', 'ms', measured.pathsP99),
      figure('ranked spreading from three entities, p50', 'ms', measured.spreadP50),
      figure('the same, p99', 'ms', measured.spreadP99),
      figure(`writes, units of ${IN_A_UNIT}, each triple with its origin`, 'triples/s', wrote.batched, {
        atLeast: 5_000,
      }),
      figure(`writes, a unit each, ${WRITERS} in line`, 'triples/s', wrote.single, {
        ratio: { to: wrote.bareSingle, atLeast: 0.4 },
      }),
    ],
    limits: [
      figure(
        `two hops as one SQL statement over the ${BREADTH} heaviest edges of the first, p50`,
        'ms',
        measured.bareTwoP50,
      ),
      figure('the same, p99', 'ms', measured.bareTwoP99),
      figure(`the ${LIMIT} heaviest edges one way, a prepared statement, p99`, 'ms', measured.bareOneP99),
      figure(
        'the rows of units of 100 by prepared statements, in the same transactions',
        'triples/s',
        wrote.bareBatched,
      ),
      figure('the rows of units of one, likewise', 'triples/s', wrote.bareSingle),
    ],
    notes: [
      'the operations graph.search and graph.paths, permission, validation and answer included; both directions, whole rows in the answer; the file is warm in the operating system’s cache',
      'the SQL statement reads every edge of the second hop, as SQL has no way to say that what cannot enter the first 50 need not be read',
      resident,
    ],
  };
};

/** Three different entities for each question, near each other in no way. */
function drawStarts(file: string, count: number, seed: number): string[][] {
  const database = new BetterSqlite3(file, { readonly: true });
  const random = createRandom(`questions ${seed}`);
  const byId = database.prepare('SELECT subject, object FROM semantic_kg_triples WHERE triple_id = ?');
  const anEnd = (): string => {
    const { subject, object } = byId.get(`tri_${String(random.integer(TRIPLES)).padStart(22, '0')}`) as {
      subject: string;
      object: string;
    };
    return random.next() < 0.5 ? subject : object;
  };
  const hubs = database
    .prepare(
      'SELECT entity FROM (SELECT subject AS entity FROM semantic_kg_triples UNION ALL SELECT object FROM semantic_kg_triples) GROUP BY entity ORDER BY COUNT(*) DESC LIMIT 50',
    )
    .pluck()
    .all() as string[];
  const starts = Array.from({ length: count }, (_, index) => {
    const entities = new Set([index % 10 === 0 ? hubs[random.integer(hubs.length)]! : anEnd()]);
    while (entities.size < 3) entities.add(anEnd());
    return [...entities];
  });
  database.close();
  return starts;
}

async function time(
  what: string,
  starts: readonly string[][],
  say: BenchContext['say'],
  ask: (entities: string[]) => Promise<object>,
): Promise<{ cold: number[]; warm: number[] }> {
  const latencies: number[] = [];
  for (const entities of starts) {
    const started = performance.now();
    await ask(entities);
    latencies.push(performance.now() - started);
    // a question comes over the event loop, as in a server; without its turn nothing would be collected but in the
    // middle of the next one
    await new Promise((resolve) => setImmediate(resolve));
  }
  const [cold, warm] = [latencies.slice(0, COLD), latencies.slice(COLD)];
  say(
    `memory-semantic: ${what} p50 ${percentile(warm, 0.5).toFixed(2)} ms, p99 ${percentile(warm, 0.99).toFixed(2)} ms`,
  );
  return { cold, warm };
}

/**
 * Writes so many statements in units of a size; every third is one that was made before, so that evidence is added
 * too.
 */
function writer({ get, units }: OpenMemory, seed: number, inAUnit: number, most: number) {
  const store = get(SemanticStore);
  const made = [...madeUpTriples(seed + 7_919, most, ENTITIES)];
  const inLine = inAUnit === 1 ? WRITERS : 1;
  let number = 0;
  const next = (): TripleEntry => {
    const index = number++;
    const triple = made[index % 3 === 2 ? Math.floor(index / 3) : index - Math.floor(index / 3)]!;
    return { ...triple, source: 'bench-write', provenance: { kind: 'call', ref_id: `${seed}-${index}` } };
  };
  return async (count: number): Promise<void> => {
    for (let start = 0; start < count; start += inAUnit * inLine) {
      const parts = Array.from({ length: inLine }, (_, index) => {
        const left = count - start - index * inAUnit;
        return Array.from({ length: Math.max(0, Math.min(inAUnit, left)) }, next);
      });
      await Promise.all(parts.map((part) => units.run((unit) => store.remember(unit, part, { now: NOW }))));
    }
  };
}

function timeBare(file: string, starts: readonly string[][], count: number): { oneHop: number[]; twoHops: number[] } {
  const database = new BetterSqlite3(file, { readonly: true });
  database.pragma('cache_size = -32000');
  const oneWay = (end: string): string =>
    `SELECT subject, object, weight FROM semantic_kg_triples WHERE ${end} = @entity AND valid_to IS NULL ORDER BY weight DESC LIMIT ${BREADTH}`;
  const oneHop = database.prepare(
    `SELECT * FROM semantic_kg_triples WHERE subject = ? AND valid_to IS NULL ORDER BY weight DESC LIMIT ${LIMIT}`,
  );
  const twoHops = database.prepare(
    `WITH first AS (SELECT * FROM (SELECT * FROM (${oneWay('subject')}) UNION ALL SELECT * FROM (${oneWay('object')})) ORDER BY weight DESC LIMIT ${BREADTH}),
       ends AS (SELECT DISTINCT CASE WHEN subject = @entity THEN object ELSE subject END AS entity, weight FROM first)
     SELECT t.triple_id, t.subject, t.predicate, t.object, e.weight * t.weight AS strength FROM ends e JOIN semantic_kg_triples t ON t.subject = e.entity AND t.valid_to IS NULL
     UNION ALL
     SELECT t.triple_id, t.subject, t.predicate, t.object, e.weight * t.weight FROM ends e JOIN semantic_kg_triples t ON t.object = e.entity AND t.valid_to IS NULL
     ORDER BY strength DESC LIMIT ${LIMIT}`,
  );
  const timed = (ask: (entity: string) => unknown, entities: readonly string[][]): number[] =>
    entities.map(([entity]) => {
      const started = performance.now();
      ask(entity!);
      return performance.now() - started;
    });
  const latencies = {
    oneHop: timed((entity) => oneHop.all(entity), starts).slice(COLD),
    twoHops: timed((entity) => twoHops.all({ entity }), starts.slice(0, count)),
  };
  database.close();
  return latencies;
}
