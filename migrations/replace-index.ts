import type { QueryRunner } from 'typeorm';

/** Makes an index anew under its name. @param on what follows ON: the table, its columns, and which rows */
export async function replaceIndex(runner: QueryRunner, name: string, on: string): Promise<void> {
  await runner.query(`DROP INDEX "${name}"`);
  await runner.query(`CREATE INDEX "${name}" ON ${on}`);
}
