import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { databaseFile, herald } from './kit/bench-data.js';
import { type Bench, figure, repeat } from './kit/bench.js';
import { openEmptyCopy } from './kit/bare-inserts.js';

interface ImportAnswer {
  rows_inserted: number;
  rows_refused: number;
  duration_ms: number;
}

/** `herald import` of the 18 files into an empty data folder, as a process of its own. */
export const importBench: Bench = async ({ data, runs, say }) => {
  const files = await data.csvFiles();
  let rows = 0;
  const measured = await repeat(runs, async (run) => {
    const folder = data.freshFolder();
    const { seconds, answer } = await herald<ImportAnswer>(['import', files], folder);
    if (answer.rows_refused > 0) throw new Error(`${answer.rows_refused} rows were refused`);
    rows = answer.rows_inserted;
    const bare = insertBare(databaseFile(folder), join(folder, 'bare.sqlite'));
    data.remove(folder);
    say(`import ${run + 1}: ${seconds.toFixed(2)} s`);
    return { whole: seconds, own: answer.duration_ms / 1000, bare };
  });
  return {
    bench: 'import',
    what: `herald import of 18 files with ${rows.toLocaleString('en-US')} rows into an empty data folder`,
    figures: [
      figure('whole process', 's', measured.whole, { ratio: { to: measured.bare, atMost: 4 } }),
      figure('import alone, as it reports', 's', measured.own, { ratio: { to: measured.bare, atMost: 2.2 } }),
    ],
    limits: [figure('as many prepared inserts of the same rows, a transaction a table', 's', measured.bare)],
  };
};

/** Writes the rows of a database into an empty copy of it. @returns seconds for the inserts alone */
function insertBare(from: string, to: string): number {
  const source = new BetterSqlite3(from, { readonly: true });
  const copy = openEmptyCopy(from, to);
  const tables = copy
    .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`)
    .pluck()
    .all() as string[];
  let seconds = 0;
  for (const table of tables) {
    const rows = source.prepare(`SELECT * FROM "${table}"`).raw().all() as unknown[][];
    if (rows.length === 0) continue;
    const started = performance.now();
    const insert = copy.prepare(`INSERT INTO "${table}" VALUES (${rows[0]!.map(() => '?').join(',')})`);
    copy.transaction(() => {
      for (const row of rows) insert.run(row);
    })();
    seconds += (performance.now() - started) / 1000;
  }
  source.close();
  copy.close();
  return seconds;
}
