import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { Command } from 'commander';
import { register as registerExport } from '../src/cli/export.js';
import { register as registerGenerate } from '../src/cli/generate.js';
import { register as registerImport } from '../src/cli/import.js';
import { register as registerRecount } from '../src/cli/recount.js';
import type { ImportReport } from '../src/dataset/index.js';

describe('herald generate, import, recount and export', () => {
  const folder = mkdtempSync(join(tmpdir(), 'herald-cli-'));
  const source = join(folder, 'source');
  const environment = { ...process.env };

  beforeAll(() => {
    Object.assign(process.env, { HERALD_DATA_DIR: join(folder, 'data'), HERALD_DEMO: '0', LOG_LEVEL: 'silent' });
    delete process.env.DATABASE_URL;
    delete process.env.REDIS_URL;
  });
  afterAll(() => {
    process.env = environment;
    process.exitCode = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  /** What the command wrote to standard output, and its exit code. */
  async function herald(...words: string[]): Promise<{ output: string; exitCode: number }> {
    const program = new Command('herald').exitOverride().configureOutput({ writeErr: () => undefined });
    for (const register of [registerGenerate, registerImport, registerExport, registerRecount]) register(program);
    for (const command of program.commands) command.exitOverride().configureOutput({ writeErr: () => undefined });
    let output = '';
    const spy = jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((output += String(text)), true));
    process.exitCode = undefined;
    try {
      await program.parseAsync(['node', 'herald', ...words]);
    } finally {
      spy.mockRestore();
    }
    return { output, exitCode: Number(process.exitCode ?? 0) };
  }

  it('generates the files, with counts as JSON on demand', async () => {
    const { output } = await herald(
      'generate',
      '--leads',
      '40',
      '--seed',
      '2',
      '--end',
      '2026-02-28',
      '--days',
      '30',
      '--out',
      source,
      '--json',
    );
    expect(JSON.parse(output)).toMatchObject({
      leads: 40,
      seed: 2,
      start: '2026-01-30',
      end: '2026-02-28',
      rows: { 'leads.csv': 40 },
    });
    expect(readdirSync(source)).toHaveLength(19);
  });

  it('says of an old history what there is to do, and does it', async () => {
    const { HERALD_DATA_DIR: usual } = process.env;
    const old = join(folder, 'old');
    await herald('generate', '--leads', '20', '--end', '2024-02-28', '--days', '30', '--out', old);
    const into = (name: string) => (process.env.HERALD_DATA_DIR = join(folder, name));
    try {
      into('as-it-is');
      expect((await herald('import', old)).output).toContain('The history ends on 2024-02-28');
      const { output } = await herald('import', old, '--as-of', '2024-02-28');
      expect(output).toContain('The data is looked at as of 2024-02-28T23:59:59.999Z.');
      expect(output).not.toContain('The history ends on');
      into('moved');
      expect((await herald('import', old, '--shift-dates')).output).toMatch(/All times were moved by \d+ days\./);
      await expect(herald('import', old, '--as-of', 'soon')).rejects.toThrow(/as_of/);
    } finally {
      process.env.HERALD_DATA_DIR = usual;
    }
  });

  it.each([
    ['--leads', '0'],
    ['--leads', 'many'],
    ['--end', '2026-02-31x'],
    ['--days', '3'],
  ])('refuses generate %s %s', async (flag, value) => {
    await expect(herald('generate', '--out', source, flag, value)).rejects.toMatchObject({
      code: 'commander.invalidArgument',
    });
  });

  it('imports with a table of row counts, and again without a change', async () => {
    const first = await herald('import', source);
    expect(first.exitCode).toBe(0);
    expect(first.output).toMatch(/^leads\.csv +40 +40 +0 +0$/m);
    const again = JSON.parse((await herald('import', source, '--json')).output) as ImportReport;
    expect(again).toMatchObject({ rows_inserted: 0, rows_refused: 0 });
  });

  it('lists refused rows and exits with 2 when a file was refused', async () => {
    const edit = (file: string, from: string, to: string): void =>
      writeFileSync(join(source, file), readFileSync(join(source, file), 'utf8').replace(from, to));
    edit('segments.csv', '"name"', '"title"');
    edit('ab_variants.csv', '"VAR00001"', '""');
    const { output, exitCode } = await herald('import', source);
    expect(exitCode).toBe(2);
    expect(output).toMatch(/segments\.csv .*refused: wrong columns \(missing: name; unknown: title\)/);
    expect(output).toContain('ab_variants.csv:2: variant_id must not be empty ("")');
  });

  it('says how many leads were counted wrongly, and counts them right', async () => {
    await herald('recount');
    const database = new BetterSqlite3(join(folder, 'data', 'herald.sqlite'));
    const triggers = database
      .prepare(`SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'leads'`)
      .all() as { name: string; sql: string }[];
    // behind the back of the figures
    for (const { name } of triggers) database.exec(`DROP TRIGGER "${name}"`);
    database.exec(
      `UPDATE leads SET industry = 'Shipping' WHERE lead_id IN (SELECT lead_id FROM leads ORDER BY lead_id LIMIT 2)`,
    );
    for (const { sql } of triggers) database.exec(sql);
    database.close();
    expect((await herald('recount')).output).toBe('2 leads were counted wrongly, and are counted right now\n');
    expect((await herald('recount')).output).toBe('every lead was counted right\n');
    expect(JSON.parse((await herald('recount', '--json')).output)).toEqual({ leads_counted_wrongly: 0 });
  });

  it('exports what is in the database', async () => {
    const { output } = await herald('export', join(folder, 'exported'), '--json');
    expect(JSON.parse(output)).toMatchObject({ rows: { 'leads.csv': 40 } });
    expect(readdirSync(join(folder, 'exported'))).toHaveLength(18);
  });
});
