import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TriageFacts } from '../src/agents/core/index.js';
import { AsOf } from '../src/as-of/index.js';
import { FixedClock } from '../src/config/index.js';
import { Database } from '../src/database/index.js';
import { DatasetImporter, generateDataset } from '../src/dataset/index.js';
import { ResourcePort, SYSTEM } from '../src/operations/index.js';
import { type StartedApp, startApp } from './app.js';

const END = '2025-08-29';
const NOW = '2026-03-04T09:00:00.000Z';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'herald-as-of-'));
  await generateDataset(folder, { leads: 60, seed: 3, end: END });
});
afterAll(() => rmSync(folder, { recursive: true }));

async function withApp(work: (herald: StartedApp, clock: FixedClock) => Promise<void>): Promise<void> {
  const clock = new FixedClock(NOW);
  const herald = await startApp({ clock });
  try {
    await work(herald, clock);
  } finally {
    await herald.stop();
  }
}

const latest = async (herald: StartedApp, table: string, column: string): Promise<string> =>
  String((await herald.app.get(Database).query(`SELECT MAX("${column}") AS at FROM "${table}"`))[0]!.at);
const judgedAt = async (herald: StartedApp): Promise<string> => {
  const about = { view: 'triage_facts', ids: ['L0000001'] };
  const [facts] = await herald.app.get(ResourcePort).search<TriageFacts[]>('db://leads', about, { principal: SYSTEM });
  return facts!.as_of;
};

it('goes by the clock, and says of an old history what there is to do', () =>
  withApp(async (herald) => {
    const { history } = await herald.app.get(DatasetImporter).import(folder);
    expect(history).toMatchObject({ shifted_days: 0, as_of: null });
    expect(history.advice).toContain(`--as-of ${END}`);
    expect(history.advice).toContain('--shift-dates');
    expect(await judgedAt(herald)).toBe(NOW);
  }));

it('looks at the data as of a stated day until it is told to go by the clock again', () =>
  withApp(async (herald, clock) => {
    const { history } = await herald.app.get(DatasetImporter).import(folder, { asOf: END });
    const moment = `${END}T23:59:59.999Z`;
    expect(history).toMatchObject({ as_of: moment, advice: null });
    expect(await judgedAt(herald)).toBe(moment);
    clock.advance(3_600_000);
    expect(await judgedAt(herald)).toBe(moment);
    expect(await herald.app.get(AsOf).state('now')).toBeNull();
    expect(await judgedAt(herald)).toBe(clock.iso());
  }));

it.each(['2026-03-05', '2025-02-30', 'yesterday', '2025-08-29T10:00:00Z'])('states no day that is "%s"', (day) =>
  withApp(async (herald) => {
    await expect(herald.app.get(AsOf).state(day)).rejects.toMatchObject({ code: 'invalid_request' });
  }),
);

it('moves all files alike by whole weeks into the last week, and the same again for what comes later', () =>
  withApp(async (herald, clock) => {
    const importer = herald.app.get(DatasetImporter);
    const { history, rows_inserted } = await importer.import(folder, { shiftDates: true });
    expect(history.advice).toBeNull();
    expect(history.shifted_days % 7).toBe(0);
    const age = (Date.parse(NOW) - Date.parse(history.ends_at!)) / 86_400_000;
    expect(age).toBeGreaterThanOrEqual(0);
    expect(age).toBeLessThan(8);
    const days = (from: string, to: string) =>
      Math.round((Date.parse(to.slice(0, 10)) - Date.parse(from)) / 86_400_000);
    expect(days(END, await latest(herald, 'campaign_daily', 'date'))).toBe(history.shifted_days);
    expect(days(END, await latest(herald, 'interactions', 'timestamp'))).toBe(history.shifted_days);
    clock.advance(30 * 86_400_000);
    const again = await importer.import(folder, { shiftDates: true, force: true });
    expect(again).toMatchObject({ rows_inserted: 0, rows_present: rows_inserted, rows_refused: 0 });
    expect(again.history.shifted_days).toBe(history.shifted_days);
  }));
