import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cellParser, type Row } from '../cell-codec.js';
import { csvRecords } from '../import/csv-rows.js';
import { DATASET_FILES, type TableName } from '../dataset-files.js';
import { generateDataset } from './generate-dataset.js';
import type { GroundTruthFile } from './ground-truth.js';
import { hill, TRUTH } from './truth.js';

const SENDS = new Set(['email_sent', 'sms_sent', 'call_made']);
const LEADS = 3000;

async function readTable(folder: string, table: TableName): Promise<Row[]> {
  const file = DATASET_FILES.find((candidate) => candidate.table === table)!;
  const parsers = file.columns.map(cellParser);
  const rows: Row[] = [];
  for await (const { records } of csvRecords(join(folder, file.file))) {
    for (const record of records) {
      if (!('cells' in record) || record.line === 1) continue;
      rows.push(
        Object.fromEntries(file.columns.map(({ name }, index) => [name, parsers[index](record.cells[index])])) as Row,
      );
    }
  }
  return rows;
}

function groupBy(rows: readonly Row[], key: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
  return groups;
}

function correlation(pairs: readonly (readonly [number, number])[]): number {
  const mean = (pick: 0 | 1): number => pairs.reduce((sum, pair) => sum + pair[pick], 0) / pairs.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  let [xy, xx, yy] = [0, 0, 0];
  for (const [x, y] of pairs) {
    xy += (x - meanX) * (y - meanY);
    xx += (x - meanX) ** 2;
    yy += (y - meanY) ** 2;
  }
  return xy / Math.sqrt(xx * yy);
}

describe('generateDataset', () => {
  let folder: string;
  const tables = {} as Record<TableName, Row[]>;
  let truth: GroundTruthFile;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'herald-generate-'));
    await generateDataset(join(folder, 'main'), { leads: LEADS, seed: 5, end: '2026-02-28' });
    for (const { table } of DATASET_FILES) tables[table] = await readTable(join(folder, 'main'), table);
    truth = JSON.parse(readFileSync(join(folder, 'main', 'ground_truth.json'), 'utf8')) as GroundTruthFile;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('gives the same bytes for the same options, and others for another seed', async () => {
    const bytes = async (name: string, seed: number): Promise<Record<string, string>> => {
      await generateDataset(join(folder, name), { leads: 150, seed, end: '2026-02-28', days: 30 });
      return Object.fromEntries(
        readdirSync(join(folder, name)).map((file) => [file, readFileSync(join(folder, name, file), 'utf8')]),
      );
    };
    const first = await bytes('a', 1);
    expect(Object.keys(first)).toHaveLength(19);
    expect(await bytes('b', 1)).toEqual(first);
    expect((await bytes('c', 2))['leads.csv']).not.toBe(first['leads.csv']);
  });

  it.each([
    ['one lead', { leads: 1, seed: 1, end: '2026-02-28' }],
    ['the shortest period', { leads: 40, seed: 1, end: '2026-02-28', days: 14 }],
  ])('works with %s', async (_name, options) => {
    expect((await generateDataset(join(folder, 'small'), options)).rows['leads.csv']).toBe(options.leads);
  });

  it.each([
    { leads: 0 },
    { leads: 1.5 },
    { leads: 10, days: 3 },
    { leads: 10, end: 'yesterday' },
    { leads: 10, end: '2026-02-31' },
  ])('refuses %j', async (options) => {
    await expect(generateDataset(join(folder, 'bad'), { seed: 1, end: '2026-02-28', ...options })).rejects.toThrow(
      RangeError,
    );
  });

  it('uses only addresses and numbers that cannot belong to anybody', () => {
    for (const { email, phone } of tables.leads) {
      expect(email).toMatch(/@example\.com$/);
      expect(phone).toMatch(/^\+1-[2-9]\d\d-555-01\d\d$/);
    }
    expect(new Set(tables.leads.map(({ email }) => email)).size).toBe(LEADS);
  });

  it('has leads in every state, at least 15 % of them New, and those the newest', () => {
    const byStatus = groupBy(tables.leads, ({ lead_status }) => lead_status as string);
    expect([...byStatus.keys()].sort()).toEqual(['Converted', 'New', 'Open', 'Qualified', 'Unqualified']);
    expect(byStatus.get('New')!.length / LEADS).toBeGreaterThanOrEqual(0.15);
    const created = (rows: Row[]): string[] => rows.map(({ created_at }) => created_at as string).sort();
    const newest = created(byStatus.get('New')!)[0];
    for (const [status, rows] of byStatus) if (status !== 'New') expect(created(rows).at(-1)! < newest).toBe(true);
  });

  it('writes only to leads who consented and stops after an unsubscribe', () => {
    const consented = new Set(tables.leads.filter(({ gdpr_consent }) => gdpr_consent).map(({ lead_id }) => lead_id));
    for (const [lead, events] of groupBy(tables.interactions, ({ lead_id }) => lead_id as string)) {
      const sends = events.filter(({ event_type }) => SENDS.has(event_type as string));
      if (!consented.has(lead)) expect(sends).toHaveLength(0);
      const unsubscribed = events.find(({ outcome }) => outcome === 'unsubscribe');
      if (unsubscribed) expect(sends.every(({ timestamp }) => timestamp! <= unsubscribed.timestamp!)).toBe(true);
    }
  });

  it('keeps the funnel in order: no open without a send, no click without an open, no reply without a click', () => {
    const needs: Record<string, string> = {
      email_open: 'email_sent',
      email_click: 'email_open',
      reply: 'email_click',
      sms_reply: 'sms_sent',
      call_answered: 'call_made',
    };
    const seen = new Map<string, number>();
    let checked = 0;
    for (const { lead_id, event_type } of tables.interactions) {
      const type = event_type as string;
      seen.set(`${String(lead_id)} ${type}`, (seen.get(`${String(lead_id)} ${type}`) ?? 0) + 1);
      if (!needs[type]) continue;
      expect(seen.get(`${String(lead_id)} ${needs[type]}`) ?? 0).toBeGreaterThanOrEqual(
        seen.get(`${String(lead_id)} ${type}`)!,
      );
      checked++;
    }
    expect(checked).toBeGreaterThan(1000);
  });

  it('lets a conversion come after engagement, and marks the lead', () => {
    const events = groupBy(tables.interactions, ({ lead_id }) => lead_id as string);
    const converted = new Set(
      tables.leads.filter(({ lead_status }) => lead_status === 'Converted').map(({ lead_id }) => lead_id),
    );
    expect(new Set(tables.conversions.map(({ lead_id }) => lead_id))).toEqual(converted);
    for (const { lead_id, converted_at } of tables.conversions) {
      expect(events.get(lead_id as string)!.every(({ timestamp }) => timestamp! <= converted_at!)).toBe(true);
    }
  });

  it("makes campaign_daily the sum of the campaign's leads and conversions, with every ratio computed from the counts", () => {
    const day = (time: unknown): string => (time as string).slice(0, 10);
    const leads = groupBy(tables.leads, ({ campaign_id, created_at }) => `${String(campaign_id)} ${day(created_at)}`);
    const conversions = groupBy(
      tables.conversions,
      ({ campaign_id, converted_at }) => `${String(campaign_id)} ${day(converted_at)}`,
    );
    let total = 0;
    for (const row of tables.campaign_daily) {
      const [impressions, clicks, cost, revenue, created] = [
        row.impressions,
        row.clicks,
        row.cost_usd,
        row.revenue_usd,
        row.leads_created,
      ].map(Number);
      const key = `${String(row.campaign_id)} ${String(row.date)}`;
      expect(created).toBe(leads.get(key)?.length ?? 0);
      expect(row.conversions).toBe(conversions.get(key)?.length ?? 0);
      expect(revenue).toBeCloseTo(
        (conversions.get(key) ?? []).reduce((sum, { conversion_value_usd }) => sum + Number(conversion_value_usd), 0),
        2,
      );
      expect(clicks).toBeGreaterThanOrEqual(created);
      expect(impressions).toBeGreaterThanOrEqual(clicks);
      expect(Math.abs(Number(row.ctr) - (impressions === 0 ? 0 : clicks / impressions))).toBeLessThan(0.000051);
      if (created === 0) expect(row.cpl_usd).toBeNull();
      else expect(Math.abs(Number(row.cpl_usd) - cost / created)).toBeLessThan(0.0051);
      expect(Math.abs(Number(row.roas) - (cost === 0 ? 0 : revenue / cost))).toBeLessThan(0.0051);
      total += created;
    }
    expect(total).toBe(LEADS);
  });

  it('gives leads of higher propensity more conversions and higher scores', () => {
    const converted = new Set(tables.conversions.map(({ lead_id }) => lead_id));
    const worked = tables.leads.filter(({ lead_status }) => lead_status !== 'New');
    const propensity = (row: Row): number => truth.lead_propensity[row.lead_id as string];
    expect(correlation(worked.map((row) => [propensity(row), converted.has(row.lead_id) ? 1 : 0]))).toBeGreaterThan(
      0.15,
    );
    expect(correlation(worked.map((row) => [propensity(row), row.lead_score as number]))).toBeGreaterThan(0.6);
    const ranked = [...worked].sort((one, other) => propensity(one) - propensity(other));
    const quarter = Math.floor(ranked.length / 4);
    const rate = (rows: Row[]): number => rows.filter(({ lead_id }) => converted.has(lead_id)).length / rows.length;
    expect(rate(ranked.slice(-quarter))).toBeGreaterThan(3 * rate(ranked.slice(0, quarter)));
  });

  it('lets better variants be opened more', () => {
    const emails = tables.interactions.filter(({ channel }) => channel === 'Email');
    const rates = [...groupBy(emails, ({ variant_id }) => variant_id as string)].flatMap(
      ([variant, events]): [number, number][] => {
        const count = (type: string): number => events.filter(({ event_type }) => event_type === type).length;
        return count('email_sent') < 40
          ? []
          : [[truth.variant_effects[variant], count('email_open') / count('email_sent')]];
      },
    );
    expect(rates.length).toBeGreaterThan(10);
    expect(correlation(rates)).toBeGreaterThan(0.4);
  });

  it('brings leads in proportion to the response that the ground truth states', () => {
    const expected: [number, number][] = [];
    for (const [campaign, days] of groupBy(tables.campaign_daily, ({ campaign_id }) => campaign_id as string)) {
      let leads = 0;
      for (const { date, cost_usd } of days) {
        const demand = TRUTH.weekday[new Date(`${String(date)}T00:00:00Z`).getUTCDay()];
        for (const { share, maximumLeadsPerDay, halfSaturationUsd, slope } of truth.campaigns[campaign].channels) {
          leads += demand * maximumLeadsPerDay * hill(share * Number(cost_usd), halfSaturationUsd, slope);
        }
      }
      expected.push([leads, tables.leads.filter(({ campaign_id }) => campaign_id === campaign).length]);
    }
    expect(expected.reduce((sum, [leads]) => sum + leads, 0)).toBeCloseTo(LEADS, 0);
    expect(correlation(expected)).toBeGreaterThan(0.98);
  });

  it('has campaigns that still run at the end, and spending that stays inside the period', () => {
    expect(tables.campaigns.filter(({ end_date }) => (end_date as string) > '2026-03-01').length).toBeGreaterThan(2);
    for (const { date } of tables.campaign_daily) expect(date! <= '2026-02-28').toBe(true);
    for (const { timestamp } of tables.interactions) expect(timestamp! < '2026-03-01').toBe(true);
  });
});

describe('hill', () => {
  it('starts at nothing, reaches a half at the half saturation, and never falls', () => {
    expect(hill(0, 100, 1.5)).toBe(0);
    expect(hill(100, 100, 1.5)).toBeCloseTo(0.5, 12);
    let before = 0;
    for (let spend = 1; spend < 10_000; spend *= 1.3) {
      expect(hill(spend, 100, 1.5)).toBeGreaterThan(before);
      before = hill(spend, 100, 1.5);
    }
    expect(before).toBeLessThan(1);
    expect(() => hill(-1, 100, 1)).toThrow(RangeError);
  });
});
