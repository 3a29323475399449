import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync, appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Database, UnitOfWork } from '../src/database/index.js';
import { DATASET_FILES, DatasetExporter, DatasetImporter, DemoData, generateDataset } from '../src/dataset/index.js';
import { startDatasetApp } from './dataset-fixture.js';
import { Lead } from '../src/crm/leads/lead.entity.js';

const LEADS = 250;
const REAL_DATA = resolve('../shared/data/marketing_v1');

async function tableCounts(database: Database): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { table } of DATASET_FILES)
    counts[table] = Number((await database.query(`SELECT COUNT(*) AS n FROM "${table}"`))[0].n);
  return counts;
}

async function contents(database: Database): Promise<string> {
  const tables = [];
  for (const { table, key } of DATASET_FILES) {
    tables.push(await database.query(`SELECT * FROM "${table}" ORDER BY ${key.map((name) => `"${name}"`).join(', ')}`));
  }
  return JSON.stringify(tables);
}

describe('the data set, in and out of a database', () => {
  let generated: string;
  let source: string;
  let started: Awaited<ReturnType<typeof startDatasetApp>>;
  let importer: DatasetImporter;
  let database: Database;

  beforeAll(async () => {
    generated = mkdtempSync(join(tmpdir(), 'herald-generated-'));
    await generateDataset(generated, { leads: LEADS, seed: 3, end: '2026-02-28', days: 60 });
  });
  afterAll(() => rmSync(generated, { recursive: true, force: true }));

  beforeEach(async () => {
    started = await startDatasetApp();
    importer = started.app.get(DatasetImporter);
    database = started.app.get(Database);
    source = join(started.folder, 'source');
    cpSync(generated, source, { recursive: true });
  });
  afterEach(() => started.close());

  const edit = (file: string, change: (text: string) => string): void => {
    const path = join(source, file);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
  };
  const reportOf = async (file: string) =>
    (await importer.import(source)).files.find((report) => report.file === file)!;

  it('takes in all 18 files, and nothing changes when it is run again', async () => {
    const first = await importer.import(source);
    expect(first.files.map(({ status }) => status)).toEqual(new Array(18).fill('imported'));
    expect(first).toMatchObject({ rows_refused: 0, rows_present: 0, files_refused: 0 });
    const before = await contents(database);
    const again = await importer.import(source);
    expect(again).toMatchObject({ rows_inserted: 0, rows_present: first.rows_inserted });
    expect(again.files.every(({ status }) => status === 'unchanged')).toBe(true);
    const forced = await importer.import(source, { force: true });
    expect(forced).toMatchObject({ rows_inserted: 0, rows_present: first.rows_inserted });
    expect(await contents(database)).toBe(before);
  });

  it('keeps what Herald changed since, also when the file is read again', async () => {
    await importer.import(source);
    await started.app
      .get(UnitOfWork)
      .run(async (unit) => unit.of(Lead).update({ lead_id: 'L0000001' }, { lead_status: 'Converted', lead_score: 99 }));
    await importer.import(source, { force: true });
    expect(await database.of(Lead).get('L0000001')).toMatchObject({ lead_status: 'Converted', lead_score: 99 });
  });

  it.each([
    [
      'a missing column',
      (text: string) => text.replace('"lead_score",', '"score",'),
      /missing: lead_score; unknown: score/,
    ],
    [
      'a duplicated column',
      (text: string) => text.replace('"source"', '"lead_id"'),
      /duplicated: lead_id; missing: source/,
    ],
    ['an empty file', () => '', /empty/],
    ['a header that is no CSV', (text: string) => `"lead_id${text.slice(10)}`, /line 1/],
  ])('refuses a file with %s before anything of it is written', async (_name, change, reason) => {
    edit('leads.csv', change);
    const report = await reportOf('leads.csv');
    expect(report).toMatchObject({ status: 'refused', rows_read: 0, rows_inserted: 0 });
    expect(report.reason).toMatch(reason);
    expect((await tableCounts(database)).leads).toBe(0);
    expect((await tableCounts(database)).campaigns).toBeGreaterThan(0);
  });

  it.each([
    ['a wrong enum', ['lead_status', 'Maybe'], 'must be one of'],
    ['a score out of range', ['lead_score', '101'], 'must be at most 100'],
    ['a time that does not exist', ['created_at', '2026-02-30T10:00:00'], 'is not a real point in time'],
    ['a missing key', ['lead_id', ''], 'must not be empty'],
    ['an unknown campaign', ['campaign_id', 'CMP9999'], 'is not the key of any row of campaigns'],
    ['a bad address', ['email', 'nobody'], 'is not one email address'],
    ['a word for a boolean', ['gdpr_consent', 'yes'], 'must be True or False'],
    ['a number that is none', ['lead_score', '7x'], 'must be a whole number'],
  ])('refuses a row with %s, with its line, while the rest goes in', async (_name, [column, value], reason) => {
    edit('leads.csv', (text) => {
      const lines = text.split('\n');
      const index = lines[0].split(',').indexOf(`"${column}"`);
      const cells = lines[3].split(',');
      cells[index] = `"${value}"`;
      lines[3] = cells.join(',');
      return lines.join('\n');
    });
    const report = await reportOf('leads.csv');
    expect(report).toMatchObject({ rows_read: LEADS, rows_inserted: LEADS - 1, rows_refused: 1 });
    expect(report.refusals[0]).toMatchObject({ file: 'leads.csv', line: 4, column, value });
    expect(report.refusals[0].reason).toContain(reason);
  });

  it('refuses what depends on a refused row, and takes it in when the row is mended', async () => {
    const intact = readFileSync(join(source, 'leads.csv'), 'utf8');
    edit('leads.csv', (text) => text.replace('"L0000002"', '""'));
    const broken = await importer.import(source);
    expect(broken.rows_refused).toBeGreaterThan(1);
    expect(broken.files.find(({ file }) => file === 'conversations.csv')!.refusals[0]).toMatchObject({
      column: 'lead_id',
      value: 'L0000002',
    });
    writeFileSync(join(source, 'leads.csv'), intact);
    const mended = await importer.import(source);
    expect(mended).toMatchObject({ rows_refused: 0, rows_inserted: broken.rows_refused });
  });

  it('refuses malformed lines one by one and gives true line numbers after quoted line breaks', async () => {
    edit('segments.csv', () =>
      [
        '"segment_id","name","rules_json","description"',
        '"S1","two\nlines","{}","fine"',
        '"S2","stray" quote,"{}","x"',
        '"S3","too","{}"',
        '"S4","never closed,"{}","x"',
        '"S1","again","{}","x"',
        '"S5","good","{}",""',
        '"S6","open',
      ].join('\n'),
    );
    const report = await reportOf('segments.csv');
    expect(report).toMatchObject({ rows_inserted: 2, rows_refused: 5 });
    expect(report.refusals.map(({ line }) => line)).toEqual([4, 5, 6, 7, 9]);
    expect(report.refusals[3].reason).toContain('repeats the key');
  });

  it('keeps the first hundred refusals in the report and writes all of them to a file on demand', async () => {
    edit('interactions.csv', (text) => text.replaceAll('"Web"', '"Fax"'));
    const refusalsFile = join(started.folder, 'refused.jsonl');
    const report = (await importer.import(source, { refusalsFile })).files.find(
      ({ file }) => file === 'interactions.csv',
    )!;
    expect(report.refusals).toHaveLength(100);
    const lines = readFileSync(refusalsFile, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { file: string });
    expect(lines.filter(({ file }) => file === 'interactions.csv')).toHaveLength(report.rows_refused);
  });

  it('goes on in the middle of the file in which it was stopped', async () => {
    const larger = join(started.folder, 'larger');
    await generateDataset(larger, { leads: 800, seed: 3, end: '2026-02-28' });
    const stop = new AbortController();
    let chunks = 0;
    const onProgress = ({ file }: { file: string }): void =>
      void (file === 'interactions.csv' && ++chunks === 3 && stop.abort());
    await expect(importer.import(larger, { onProgress, signal: stop.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    const before = (await tableCounts(database)).interactions;
    expect(before).toBeGreaterThan(0);

    const report = await importer.import(larger);
    const interactions = report.files.find(({ file }) => file === 'interactions.csv')!;
    expect(interactions).toMatchObject({
      rows_present: before,
      rows_inserted: interactions.rows_read - before,
      rows_refused: 0,
    });
    const other = await startDatasetApp();
    try {
      await other.app.get(DatasetImporter).import(larger);
      expect(await contents(database)).toBe(await contents(other.app.get(Database)));
    } finally {
      await other.close();
    }
  });

  it('gives equal rows keys of their own that stay the same', async () => {
    const line = '"ROI","boosts","Lead","0.5","docs"\n';
    appendFileSync(join(source, 'semantic_kg_triples.csv'), line + line.replace('0.5', '0.50'));
    const report = await reportOf('semantic_kg_triples.csv');
    expect(report.rows_inserted).toBe(report.rows_read);
    expect((await importer.import(source, { force: true })).rows_inserted).toBe(0);
  });

  it('reports missing files, and refuses a folder without any', async () => {
    rmSync(join(source, 'segments.csv'));
    expect(await reportOf('segments.csv')).toMatchObject({ status: 'missing' });
    await expect(importer.import(join(started.folder, 'nowhere'))).rejects.toThrow(/none of the data set's 18 files/);
  });

  it('exports what it imported: importing that elsewhere gives the same rows', async () => {
    await importer.import(source);
    const exported = join(started.folder, 'exported');
    const { rows } = await started.app.get(DatasetExporter).exportDataset(exported);
    expect(rows['leads.csv']).toBe(LEADS);
    const second = await startDatasetApp();
    try {
      expect(await second.app.get(DatasetImporter).import(exported)).toMatchObject({ rows_refused: 0 });
      expect(await contents(second.app.get(Database))).toBe(await contents(database));
    } finally {
      await second.close();
    }
    const sorted = (folder: string, file: string): string[] =>
      readFileSync(join(folder, file), 'utf8').split('\n').sort();
    for (const { file } of DATASET_FILES) expect(sorted(exported, file)).toEqual(sorted(source, file));
  });

  it('does not double rows when an export with keys comes back', async () => {
    await importer.import(source);
    const exported = join(started.folder, 'exported');
    await started.app.get(DatasetExporter).exportDataset(exported, { withKeys: true });
    expect(await importer.import(exported)).toMatchObject({ rows_inserted: 0, rows_refused: 0 });
  });

  it('loads the demo data into an empty database only', async () => {
    const demo = started.app.get(DemoData);
    const report = await demo.loadIfEmpty();
    expect(report).toMatchObject({ rows_refused: 0, files_refused: 0 });
    expect(await database.of(Lead).count()).toBe(1000);
    expect(await demo.loadIfEmpty()).toBeUndefined();
  });

  const realIt = existsSync(REAL_DATA) ? it : it.skip;
  realIt('takes in the real data set whole (skipped where ../shared/data is absent)', async () => {
    const report = await importer.import(REAL_DATA);
    expect(report).toMatchObject({ rows_refused: 0, files_refused: 0 });
    expect(report.rows_inserted).toBe(report.rows_read);
    expect(await tableCounts(database)).toMatchObject({
      leads: 5000,
      interactions: 40_047,
      conversions: 919,
      mcp_resource_access: 12_000,
    });
    expect(await importer.import(REAL_DATA, { force: true })).toMatchObject({ rows_inserted: 0 });
  });
});
