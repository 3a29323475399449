import BetterSqlite3 from 'better-sqlite3';

const AT = '2026-02-01T00:00:00.000Z';

/**
 * Triples and their origins by prepared statements, so many triples a transaction; other ones each run. @returns
 * triples a second
 */
export function insertBareTriples(file: string, inATransaction: number, count: number, run: number): number {
  const database = new BetterSqlite3(file, { timeout: 5_000 });
  database.pragma('synchronous = NORMAL');
  const triple = database.prepare(
    `INSERT INTO semantic_kg_triples (triple_id, subject, predicate, object, weight, source, valid_from, recorded_at, updated_at, stated_weight, evidence_count)
       VALUES (?, ?, 'uses', ?, 0.5, 'bare', ?, ?, ?, 0.5, 1)`,
  );
  const origin = database.prepare(
    `INSERT INTO semantic_kg_provenance (triple_id, kind, ref_id, weight, recorded_at) VALUES (?, 'call', ?, 0.5, ?)`,
  );
  const started = performance.now();
  for (let number = 0; number < count; number += inATransaction) {
    database.exec('BEGIN IMMEDIATE');
    for (let index = number; index < number + inATransaction; index++) {
      triple.run(
        `bare-${run}-${index}`,
        `bare ${(index * 7919) % 100_003}`,
        `bare ${(index * 104_729) % 100_003}`,
        AT,
        AT,
        AT,
      );
      origin.run(`bare-${run}-${index}`, `bare-${index}`, AT);
    }
    database.exec('COMMIT');
  }
  const seconds = (performance.now() - started) / 1000;
  database.close();
  return count / seconds;
}
