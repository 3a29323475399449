import BetterSqlite3 from 'better-sqlite3';
import { type Random, createRandom } from '../../src/config/index.js';

/** A statement as the graph benches make them. */
export interface MadeUpTriple {
  readonly subject: string;
  readonly predicate: string;
  readonly object: string;
  readonly weight: number;
}

const PREDICATES = [
  'interested_in',
  'related_to',
  'requires',
  'boosts',
  'similar_to',
  'targets',
  'attended',
  'mentions',
  'compares',
  'uses',
];
const CHANNELS = ['Email', 'SMS', 'Social', 'Ads', 'Phone', 'Events'];
/** Of all triples: from some entity to one of six channels, which makes these hubs of tens of thousands of edges. */
const CHANNEL_SHARE = 0.08;
export const STATED_AT = '2026-01-01T00:00:00.000Z';

/**
 * Statements about made-up entities whose number of edges is skewed as in networks that grow: the i-th of n entities
 * is drawn with a density of (i/n)^(−2/3), so most have a few edges and the first ones thousands; the channels have
 * tens of thousands. No statement comes twice.
 */
export function* madeUpTriples(seed: number, count: number, entities: number): Generator<MadeUpTriple> {
  const random = createRandom(`graph ${seed}`);
  const said = new Set<number>();
  while (said.size < count) {
    const subject = skewed(random, entities);
    const isChannel = random.next() < CHANNEL_SHARE;
    const object = isChannel ? random.integer(CHANNELS.length) : skewed(random, entities);
    const predicate = isChannel ? PREDICATES.length : random.integer(PREDICATES.length);
    // below 2^53 for up to a million entities
    const statement = (subject * entities + object) * (PREDICATES.length + 1) + predicate;
    if (said.has(statement) || (!isChannel && subject === object)) continue;
    said.add(statement);
    yield {
      subject: entityName(subject),
      predicate: PREDICATES[predicate] ?? 'preferred_channel',
      object: isChannel ? CHANNELS[object]! : entityName(object),
      weight: Math.round((0.1 + 0.9 * random.next()) * 1000) / 1000,
    };
  }
}

export function entityName(index: number): string {
  return `entity-${index.toString(36).padStart(5, '0')}`;
}

function skewed(random: Random, entities: number): number {
  return Math.floor(entities * random.next() ** 3);
}

/**
 * Puts the triples into a migrated database as they stand after `remember`; the indexes are made once all rows are
 * in.
 */
export function insertTriples(file: string, triples: Iterable<MadeUpTriple>): void {
  const database = new BetterSqlite3(file, { timeout: 5_000 });
  database.pragma('synchronous = OFF');
  const indexes = database
    .prepare(
      `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'semantic_kg_triples' AND sql IS NOT NULL`,
    )
    .all() as { name: string; sql: string }[];
  for (const { name } of indexes) database.exec(`DROP INDEX "${name}"`);
  const insert = database.prepare(
    `INSERT INTO semantic_kg_triples (triple_id, subject, predicate, object, weight, source, valid_from, recorded_at, updated_at, stated_weight, evidence_count)
       VALUES (?, ?, ?, ?, ?, 'bench', ?, ?, ?, ?, 1)`,
  );
  let number = 0;
  database.exec('BEGIN');
  for (const { subject, predicate, object, weight } of triples) {
    insert.run(
      `tri_${String(number++).padStart(22, '0')}`,
      subject,
      predicate,
      object,
      weight,
      STATED_AT,
      STATED_AT,
      STATED_AT,
      weight,
    );
  }
  database.exec('COMMIT');
  for (const { sql } of indexes) database.exec(sql);
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
}
