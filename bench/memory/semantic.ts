import { statSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { createRandom } from '../../src/config/index.js';
import { GraphService } from '../../src/memory/semantic/graph.service.js';
import { GraphWalks } from '../../src/memory/semantic/graph-walks.js';
import { SemanticStore } from '../../src/memory/semantic/semantic.store.js';
import { SemanticTriple } from '../../src/memory/semantic/semantic-triple.entity.js';
import type { TripleEntry } from '../../src/memory/semantic/state-triples.js';
import { TripleProvenance } from '../../src/memory/semantic/triple-provenance.entity.js';
import { databaseFile } from '../kit/bench-data.js';
import { type Bench, type BenchContext, figure } from '../kit/bench.js';
import { percentile } from '../kit/figures.js';
import { insertBareTriples } from './bare-triples.js';
import { insertTriples, madeUpTriples } from './graph-world.js';
import { type OpenTier, openTier } from './kit.js';

const TRIPLES = 1_000_000;
const ENTITIES = 150_000;
const NOW = '2026-02-01T00:00:00.000Z';
const WARM_UP = 100;
const LIMIT = 50;
const IN_A_UNIT = 100;
const BREADTH = 32;

export const SEMANTIC_PARTS = { entities: [SemanticTriple, TripleProvenance], providers: [SemanticStore, GraphWalks, GraphService] };

/**
 * Semantic memory at a million triples on SQLite. Questions begin at an end of a triple drawn by chance, so an entity comes up as often as
 * it has edges; every tenth begins at one of the fifty entities with the most.
 */
export const semanticBench: Bench = async ({ data, isQuick, seed, say }) => {
  const questions = isQuick ? 500 : 2_000;
  const dataDir = data.freshFolder();
  let tier = await openTier(dataDir, SEMANTIC_PARTS);
  try {
    const started = performance.now();
    insertTriples(databaseFile(dataDir), madeUpTriples(seed, TRIPLES, ENTITIES));
    say(`memory-semantic: built in ${((performance.now() - started) / 1000).toFixed(1)} s, ${Math.round(statSync(databaseFile(dataDir)).size / 1e6)} MB`);
    await tier.close();
    tier = await openTier(dataDir, SEMANTIC_PARTS);
    const starts = drawStarts(databaseFile(dataDir), WARM_UP + questions, seed);
    const service = tier.get(GraphService);
    const now = { now: NOW };
    const oneHop = await time('one hop', starts, say, ([entity]) => service.search({ entity, limit: LIMIT }, now));
    const twoHops = await time('two hops', starts, say, ([entity]) => service.search({ entity, hops: 2, limit: LIMIT }, now));
    const threeHops = await time('three hops', starts.slice(0, WARM_UP + questions / 2), say, ([entity]) => service.search({ entity, hops: 3, limit: LIMIT }, now));
    const paths = await time('paths', starts.slice(0, WARM_UP + questions / 5), say, ([from, to]) => service.paths({ from, to, k: 3, max_hops: 4 }, now));
    const spread = await time('spread', starts.slice(0, WARM_UP + questions / 5), say, (entities) => service.search({ entities: [...new Set(entities)], limit: LIMIT }, now));
    const bare = timeBare(databaseFile(dataDir), starts, isQuick ? 50 : 200);
    const batched = await write(tier, seed, isQuick ? 20_000 : 50_000, IN_A_UNIT);
    const single = await write(tier, seed + 1, isQuick ? 5_000 : 20_000, 1);
    const bareWrites = insertBareTriples(databaseFile(dataDir), IN_A_UNIT, 20_000);
    return {
      bench: 'memory-semantic',
      what: `semantic memory with ${TRIPLES.toLocaleString('en-US')} triples between ${ENTITIES.toLocaleString('en-US')} entities: ${questions.toLocaleString('en-US')} questions of a kind, the strongest ${LIMIT} triples of each hop`,
      figures: [
        figure('two hops p99', 'ms', [percentile(twoHops, 0.99)], { below: 5 }),
        figure('two hops p50', 'ms', [percentile(twoHops, 0.5)]),
        figure('one hop p99', 'ms', [percentile(oneHop, 0.99)]),
        figure('three hops p99', 'ms', [percentile(threeHops, 0.99)]),
        figure('three strongest paths of up to four triples, p50', 'ms', [percentile(paths, 0.5)]),
        figure('the same, p99', 'ms', [percentile(paths, 0.99)]),
        figure('ranked spreading from up to three entities, p50', 'ms', [percentile(spread, 0.5)]),
        figure('the same, p99', 'ms', [percentile(spread, 0.99)]),
        figure(`writes, units of ${IN_A_UNIT}, each triple with its origin`, 'triples/s', [batched], { atLeast: 5_000 }),
        figure('writes, a unit each, 50 in line', 'triples/s', [single]),
      ],
      limits: [
        figure(`two hops as one SQL statement over the ${BREADTH} heaviest edges of the first, p50`, 'ms', [percentile(bare.twoHops, 0.5)]),
        figure('the same, p99', 'ms', [percentile(bare.twoHops, 0.99)]),
        figure(`the ${LIMIT} heaviest edges one way, a prepared statement, p99`, 'ms', [percentile(bare.oneHop, 0.99)]),
        figure(`prepared inserts into both tables, ${IN_A_UNIT} triples a transaction`, 'triples/s', [bareWrites]),
      ],
      notes: [
        'measured at the operations graph.search and graph.paths in this process, both directions, whole rows in the answer',
        'the SQL statement reads every edge of the second hop, as SQL has no way to say that what cannot enter the first 50 need not be read',
      ],
    };
  } finally {
    await tier.close();
    data.remove(dataDir);
  }
};

/** Three entities for each question, near each other in no way. */
function drawStarts(file: string, count: number, seed: number): string[][] {
  const database = new BetterSqlite3(file, { readonly: true });
  const random = createRandom(`questions ${seed}`);
  const byId = database.prepare('SELECT subject, object FROM semantic_kg_triples WHERE triple_id = ?');
  const anEnd = (): string => {
    const { subject, object } = byId.get(`tri_${String(random.integer(TRIPLES)).padStart(22, '0')}`) as { subject: string; object: string };
    return random.next() < 0.5 ? subject : object;
  };
  const hubs = database.prepare('SELECT entity FROM (SELECT subject AS entity FROM semantic_kg_triples UNION ALL SELECT object FROM semantic_kg_triples) GROUP BY entity ORDER BY COUNT(*) DESC LIMIT 50')
    .pluck().all() as string[];
  const starts = Array.from({ length: count }, (_, index) => [index % 10 === 0 ? hubs[random.integer(hubs.length)]! : anEnd(), anEnd(), anEnd()]);
  database.close();
  return starts;
}

async function time(what: string, starts: readonly string[][], say: BenchContext['say'], ask: (entities: string[]) => Promise<object>): Promise<number[]> {
  const latencies: number[] = [];
  for (const entities of starts) {
    const started = performance.now();
    await ask(entities);
    latencies.push(performance.now() - started);
  }
  latencies.splice(0, WARM_UP);
  say(`memory-semantic: ${what} p50 ${percentile(latencies, 0.5).toFixed(2)} ms, p99 ${percentile(latencies, 0.99).toFixed(2)} ms`);
  return latencies;
}

/** Every third statement is one that was made before, so that evidence is added too. */
async function write(tier: OpenTier, seed: number, count: number, inAUnit: number): Promise<number> {
  const store = tier.get(SemanticStore);
  const made = [...madeUpTriples(seed + 7_919, Math.ceil((count * 2) / 3), ENTITIES)];
  const entries = Array.from({ length: count }, (_, index): TripleEntry => ({
    ...made[index % 3 === 2 ? Math.floor(index / 3) : index - Math.floor(index / 3)]!, source: 'bench-write', provenance: { kind: 'call', ref_id: `${seed}-${index}` },
  }));
  const started = performance.now();
  const inLine = inAUnit === 1 ? 50 : 1;
  for (let start = 0; start < count; start += inAUnit * inLine) {
    const units = Array.from({ length: inLine }, (_, index) => entries.slice(start + index * inAUnit, start + (index + 1) * inAUnit));
    await Promise.all(units.map((part) => tier.units.run((unit) => store.remember(unit, part, { now: NOW }))));
  }
  return count / ((performance.now() - started) / 1000);
}

function timeBare(file: string, starts: readonly string[][], count: number): { oneHop: number[]; twoHops: number[] } {
  const database = new BetterSqlite3(file, { readonly: true });
  database.pragma('cache_size = -32000');
  const oneWay = (end: string): string =>
    `SELECT subject, object, weight FROM semantic_kg_triples WHERE ${end} = @entity AND valid_to IS NULL ORDER BY weight DESC LIMIT ${BREADTH}`;
  const oneHop = database.prepare(`SELECT * FROM semantic_kg_triples WHERE subject = ? AND valid_to IS NULL ORDER BY weight DESC LIMIT ${LIMIT}`);
  const twoHops = database.prepare(
    `WITH first AS (SELECT * FROM (SELECT * FROM (${oneWay('subject')}) UNION ALL SELECT * FROM (${oneWay('object')})) ORDER BY weight DESC LIMIT ${BREADTH}),
       ends AS (SELECT DISTINCT CASE WHEN subject = @entity THEN object ELSE subject END AS entity, weight FROM first)
     SELECT t.triple_id, t.subject, t.predicate, t.object, e.weight * t.weight AS strength FROM ends e JOIN semantic_kg_triples t ON t.subject = e.entity AND t.valid_to IS NULL
     UNION ALL
     SELECT t.triple_id, t.subject, t.predicate, t.object, e.weight * t.weight FROM ends e JOIN semantic_kg_triples t ON t.object = e.entity AND t.valid_to IS NULL
     ORDER BY strength DESC LIMIT ${LIMIT}`,
  );
  const timed = (ask: (entity: string) => unknown, entities: readonly string[][]): number[] => entities.map(([entity]) => {
    const started = performance.now();
    ask(entity!);
    return performance.now() - started;
  });
  const latencies = {
    oneHop: timed((entity) => oneHop.all(entity), starts).slice(WARM_UP),
    twoHops: timed((entity) => twoHops.all({ entity }), starts.slice(0, count)),
  };
  database.close();
  return latencies;
}
