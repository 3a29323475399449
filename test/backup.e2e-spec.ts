import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { Command } from 'commander';
import { DataSource } from 'typeorm';
import { register } from '../src/cli/backup.js';
import { Settings } from '../src/config/index.js';
import { backUp, dataSourceOptions } from '../src/database/index.js';
import { lockFolder } from '../src/queue/index.js';

/** A writer in a process of its own, as a server beside the command is: pairs of rows, each pair in a transaction. */
const WRITER = `
  const database = new (require('better-sqlite3'))(process.argv[1]);
  database.pragma('journal_mode = WAL');
  const add = database.prepare('INSERT INTO pair (value) VALUES (?)');
  const both = database.transaction((value) => { add.run(value); add.run(-value); });
  both(1);
  process.stdout.write('ready');
  for (let value = 2; ; value++) both(value);
`;

describe('herald backup and restore', () => {
  const folder = mkdtempSync(join(tmpdir(), 'herald-backup-'));
  const data = join(folder, 'data');
  const database = join(data, 'herald.sqlite');
  const environment = { ...process.env };

  beforeAll(async () => {
    delete process.env.DATABASE_URL;
    process.env.HERALD_DATA_DIR = data;
    const made = await new DataSource(dataSourceOptions(new Settings())).initialize();
    await made.destroy();
  });
  beforeEach(() => {
    process.env = { ...environment, HERALD_DATA_DIR: data };
    delete process.env.DATABASE_URL;
  });
  afterAll(() => {
    process.env = environment;
    process.exitCode = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  /** What the command wrote, and its exit code: 1 where it threw, as in cli/main.ts. */
  async function herald(words: string[], env: Record<string, string> = {}) {
    Object.assign(process.env, env);
    const program = new Command('herald').exitOverride();
    register(program);
    const written = { stdout: '', stderr: '' };
    const spies = (['stdout', 'stderr'] as const).map((stream) =>
      jest.spyOn(process[stream], 'write').mockImplementation((text) => ((written[stream] += String(text)), true)),
    );
    process.exitCode = undefined;
    let status: number;
    try {
      await program.parseAsync(['node', 'herald', ...words]);
      status = Number(process.exitCode ?? 0);
    } catch (error) {
      status = 1;
      written.stderr += (error as Error).message;
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
    return { status, ...written };
  }

  const hashOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

  it('copies the state of one moment while another process writes without a pause, in small steps', async () => {
    const source = join(folder, 'busy.sqlite');
    const made = new BetterSqlite3(source);
    made.pragma('journal_mode = WAL');
    made.exec('CREATE TABLE pair (id INTEGER PRIMARY KEY, value INTEGER); CREATE TABLE bulk (text TEXT)');
    made.exec(`WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
      INSERT INTO bulk SELECT hex(randomblob(1000)) FROM n`);
    made.close();
    const writer = spawn(process.execPath, ['-e', WRITER, source], { cwd: join(__dirname, '..') });
    try {
      await new Promise((resolve) => writer.stdout.once('data', resolve));
      let steps = 0;
      const target = join(folder, 'busy-copy.sqlite');
      const report = await backUp(source, target, { pagesAStep: 20, onProgress: () => steps++ });
      expect(report.pages).toBeGreaterThan(1000);
      // every restart would have added to these
      expect(steps).toBeLessThanOrEqual(Math.ceil(report.pages / 20) + 2);
      const copy = new BetterSqlite3(target, { readonly: true });
      expect(copy.prepare('SELECT sum(value) AS sum, count(*) % 2 AS odd FROM pair').get()).toEqual({ sum: 0, odd: 0 });
      expect(copy.prepare('SELECT count(*) FROM bulk').pluck().get()).toBe(2000);
      copy.close();
    } finally {
      writer.kill('SIGKILL');
    }
  });

  it('writes a whole file under its name, with a report as JSON, and leaves nothing else', async () => {
    const file = join(folder, 'copy.sqlite');
    const { status, stdout } = await herald(['backup', file, '--json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ file, bytes: readFileSync(file).length });
    expect(readdirSync(folder).filter((name) => name.startsWith('copy.sqlite'))).toEqual(['copy.sqlite']);
  });

  it('puts a copy back, keeps what was there, and the rows are those of the copy', async () => {
    const file = join(folder, 'kept.sqlite');
    expect((await herald(['backup', file])).status).toBe(0);
    const changed = new BetterSqlite3(database);
    changed.exec('CREATE TABLE later (id INTEGER)');
    changed.close();
    const { status, stdout } = await herald(['restore', file, '--json']);
    expect(status).toBe(0);
    const { former } = JSON.parse(stdout) as { former: string };
    const tables = (path: string): unknown => {
      const opened = new BetterSqlite3(path, { readonly: true });
      const names = opened.prepare("SELECT name FROM sqlite_schema WHERE name = 'later'").pluck().all();
      opened.close();
      return names;
    };
    expect(tables(database)).toEqual([]);
    expect(tables(former)).toEqual(['later']);
    expect(hashOf(database)).toBe(hashOf(file));
  });

  it('restores nothing over a database that is in use', async () => {
    const file = join(folder, 'in-use.sqlite');
    expect((await herald(['backup', file])).status).toBe(0);
    const server = new BetterSqlite3(database);
    server.pragma('journal_mode = WAL');
    server.prepare('SELECT count(*) FROM migrations').get();
    const { status, stderr } = await herald(['restore', file]);
    server.close();
    expect(status).toBe(1);
    expect(stderr).toContain('stop Herald first');
  });

  it.each([
    ['its first page', 0, 4096],
    ['its schema', 4096, 60 * 4096],
  ])('puts a copy in the place of a database that is damaged in %s, which stays beside it', async (_, from, to) => {
    const file = join(folder, 'good.sqlite');
    expect((await herald(['backup', file])).status).toBe(0);
    const place = { HERALD_DATA_DIR: mkdtempSync(join(folder, 'broken-')) };
    const target = join(place.HERALD_DATA_DIR, 'herald.sqlite');
    const bytes = readFileSync(file);
    bytes.fill(0xff, from, to);
    writeFileSync(target, bytes);
    writeFileSync(`${target}-wal`, 'what was written last');
    const { status, stdout, stderr } = await herald(['restore', file, '--json'], place);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { former } = JSON.parse(stdout) as { former: string };
    expect(hashOf(target)).toBe(hashOf(file));
    expect(readFileSync(former).equals(bytes)).toBe(true);
    expect(readdirSync(place.HERALD_DATA_DIR)).not.toContain('herald.sqlite-wal');
  });

  it('replaces nothing while a server has the folder, however damaged its database is', async () => {
    const file = join(folder, 'good.sqlite');
    expect((await herald(['backup', file])).status).toBe(0);
    const place = { HERALD_DATA_DIR: mkdtempSync(join(folder, 'served-')) };
    writeFileSync(join(place.HERALD_DATA_DIR, 'herald.sqlite'), 'no database any more');
    const unlock = lockFolder(place.HERALD_DATA_DIR);
    const { status, stderr } = await herald(['restore', file], place);
    unlock();
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining('stop it') });
    expect(readFileSync(join(place.HERALD_DATA_DIR, 'herald.sqlite'), 'utf8')).toBe('no database any more');
  });

  it('keeps what each restore replaced, also when one follows on another', async () => {
    const file = join(folder, 'twice.sqlite');
    expect((await herald(['backup', file])).status).toBe(0);
    const place = { HERALD_DATA_DIR: mkdtempSync(join(folder, 'twice-')) };
    const formers: unknown[] = [];
    for (let time = 0; time < 3; time++) {
      formers.push(
        (JSON.parse((await herald(['restore', file, '--json'], place)).stdout) as { former: unknown }).former,
      );
    }
    const target = join(place.HERALD_DATA_DIR, 'herald.sqlite');
    expect(formers).toEqual([null, `${target}.before-restore`, `${target}.before-restore.2`]);
  });

  it('keeps the former copy, with exit code 2, when the database is damaged', async () => {
    const damagedData = join(folder, 'damaged');
    const target = join(folder, 'former.sqlite');
    expect((await herald(['backup', target])).status).toBe(0);
    const before = hashOf(target);
    expect((await herald(['restore', target], { HERALD_DATA_DIR: damagedData })).status).toBe(0);
    const bytes = readFileSync(join(damagedData, 'herald.sqlite'));
    // a page in the middle of a tree
    bytes.fill(0xff, 20 * 4096, 40 * 4096);
    writeFileSync(join(damagedData, 'herald.sqlite'), bytes);
    const { status, stderr } = await herald(['backup', target], { HERALD_DATA_DIR: damagedData });
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining('integrity check') });
    expect(hashOf(target)).toBe(before);
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it.each([
    ['backup', 'pg_dump'],
    ['restore', 'pg_restore'],
  ])('sends those who %s a PostgreSQL to %s', async (command, tool) => {
    const file = join(folder, 'x');
    const { status, stderr } = await herald([command, file], { DATABASE_URL: 'postgres://127.0.0.1:1/herald' });
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining(tool) });
  });

  it('refuses to restore what is no database of Herald', async () => {
    const file = join(folder, 'text.txt');
    writeFileSync(file, 'no database');
    const { status, stderr } = await herald(['restore', file]);
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining("no database of Herald's") });
  });
});
