import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '../src/config/index.js';
import { CRM_TABLES, FigureKeeper, type Interaction, LEAD_FIGURE, PortfolioFigures } from '../src/crm/index.js';
import { BulkInsert, Database, UnitOfWork } from '../src/database/index.js';
import { DatasetImporter, generateDataset } from '../src/dataset/index.js';
import { GOOD_OUTCOMES, sqlWords } from '../src/vocabulary/index.js';
import { type StartedApp, startApp } from './app.js';
import { storeCampaign, storeInteraction, storeLead } from './factories.js';

const WELL = `outcome IN ${sqlWords(GOOD_OUTCOMES)}`;
const trials = (lead: string) =>
  `COUNT(DISTINCT ${lead}) AS tried, COUNT(DISTINCT CASE WHEN ${WELL} THEN ${lead} END) AS well`;
const CONVERTED = 'leads l LEFT JOIN (SELECT DISTINCT lead_id FROM conversions) c ON c.lead_id = l.lead_id';

/** The same figures counted over the whole tables: name and second name, what they are counted by, and the counts. */
const COUNTED: readonly [figure: string, second: string | undefined, by: number, sql: string][] = [
  ['leads', undefined, 3, 'SELECT lead_status, triage_category, flow_state, COUNT(*) FROM leads GROUP BY 1, 2, 3'],
  ['messages', undefined, 2, 'SELECT status, channel, COUNT(*) FROM messages GROUP BY 1, 2'],
  ['handoffs', undefined, 1, 'SELECT status, COUNT(*) FROM handoffs GROUP BY 1'],
  ['escalations', undefined, 2, 'SELECT status, reason, COUNT(*) FROM escalations GROUP BY 1, 2'],
  ['approvals', undefined, 1, 'SELECT status, COUNT(*) FROM approvals GROUP BY 1'],
  ['jobs_done', undefined, 1, `SELECT topic, COUNT(*) FROM outbox WHERE status = 'done' GROUP BY 1`],
  ['conversions', undefined, 0, 'SELECT COUNT(*) FROM conversions HAVING COUNT(*) > 0'],
  [
    'conversion_micros',
    undefined,
    0,
    'SELECT SUM(CAST(ROUND(conversion_value_usd * 1000000) AS BIGINT)) FROM conversions HAVING COUNT(*) > 0',
  ],
  ['campaign_days', undefined, 1, 'SELECT campaign_id, COUNT(*) FROM campaign_daily GROUP BY 1'],
  [
    'campaign_leads_created',
    undefined,
    1,
    'SELECT campaign_id, SUM(leads_created) FROM campaign_daily GROUP BY 1 HAVING SUM(leads_created) > 0',
  ],
  [
    'campaign_revenue_micros',
    undefined,
    1,
    `SELECT campaign_id, SUM(CAST(ROUND(revenue_usd * 1000000) AS BIGINT)) FROM campaign_daily GROUP BY 1
     HAVING SUM(revenue_usd) > 0`,
  ],
  [
    LEAD_FIGURE.group,
    LEAD_FIGURE.groupConverted,
    3,
    `SELECT l.source, l.industry, l.company_size, COUNT(*) AS tried, COUNT(c.lead_id) AS well FROM ${CONVERTED} GROUP BY 1, 2, 3`,
  ],
  [
    LEAD_FIGURE.campaignPersona,
    LEAD_FIGURE.campaignPersonaConverted,
    2,
    `SELECT l.campaign_id, l.persona, COUNT(*) AS tried, COUNT(c.lead_id) AS well FROM ${CONVERTED}
     WHERE l.campaign_id IS NOT NULL AND l.persona IS NOT NULL GROUP BY 1, 2`,
  ],
  [
    LEAD_FIGURE.personaChannel,
    LEAD_FIGURE.personaChannelWell,
    2,
    `SELECT l.persona, i.channel, ${trials('i.lead_id')} FROM interactions i JOIN leads l ON l.lead_id = i.lead_id GROUP BY 1, 2`,
  ],
  [
    LEAD_FIGURE.variant,
    LEAD_FIGURE.variantWell,
    1,
    `SELECT variant_id, ${trials('lead_id')} FROM interactions WHERE variant_id IS NOT NULL GROUP BY 1`,
  ],
  [
    LEAD_FIGURE.campaignChannel,
    LEAD_FIGURE.campaignChannelWell,
    2,
    `SELECT campaign_id, channel, ${trials('lead_id')} FROM interactions WHERE campaign_id IS NOT NULL GROUP BY 1, 2`,
  ],
];

type Counts = Record<string, Record<string, number>>;

describe('the figures of the portfolio', () => {
  let herald: StartedApp;
  const database = () => herald.app.get(Database);
  const write = (work: Parameters<UnitOfWork['run']>[0]) => herald.app.get(UnitOfWork).run(work);

  beforeAll(async () => {
    herald = await startApp();
  });
  afterAll(() => herald.stop());

  async function counted(): Promise<Counts> {
    const counts: Counts = {};
    for (const [figure, second, by, sql] of COUNTED) {
      counts[figure] = {};
      if (second) counts[second] = {};
      for (const row of await database().query(sql)) {
        const values = Object.values(row);
        const key = JSON.stringify(values.slice(0, by));
        counts[figure][key] = Number(values[by]);
        if (second && Number(values[by + 1]) > 0) counts[second]![key] = Number(values[by + 1]);
      }
    }
    return counts;
  }

  async function kept(): Promise<Counts> {
    const names = COUNTED.flatMap(([figure, second]) => [figure, ...(second ? [second] : [])]);
    const figures = await herald.app.get(PortfolioFigures).read(database(), names);
    return Object.fromEntries(
      [...figures].map(([figure, tallies]) => [
        figure,
        Object.fromEntries(tallies.map(({ key, n }) => [JSON.stringify(key), n])),
      ]),
    );
  }

  it('are what counting the tables gives: at once, and after they are put away', async () => {
    const campaign = (await storeCampaign(herald)).campaign_id as string;
    const ids: string[] = [];
    for (let n = 0; n < 6; n++) {
      const { lead_id } = await storeLead(herald, {
        ...(n % 2 && { campaign_id: campaign }),
        persona: n % 3 ? 'CMO' : 'CTO',
      });
      ids.push(lead_id as string);
      await storeInteraction(herald, lead_id as string, {
        channel: 'Email',
        event_type: 'email_click',
        outcome: 'positive',
      });
      await storeInteraction(herald, lead_id as string, {
        channel: n % 2 ? 'SMS' : 'Email',
        event_type: 'reply',
        campaign_id: campaign,
      });
      if (n % 3 === 0) await herald.call('POST', `/api/v1/leads/${lead_id as string}/triage`, {});
    }
    await herald.call('POST', '/api/v1/conversions', {
      lead_id: ids[0],
      conversion_value_usd: 12.34,
      conversion_type: 'purchase',
    });
    expect(await kept()).toEqual(await counted());
    await herald.app.get(FigureKeeper).settle();
    expect(await kept()).toEqual(await counted());
    await herald.call('PATCH', `/api/v1/leads/${ids[1]}`, { persona: 'Founder', company_size: '1-10' });
    await herald.call('DELETE', `/api/v1/leads/${ids[0]}`);
    expect(await kept()).toEqual(await counted());
    expect(await herald.app.get(FigureKeeper).recount()).toBe(0);
    expect(await kept()).toEqual(await counted());
  });

  it('whatever is written, changed, moved and removed, in whichever order', async () => {
    const random = createRandom('figures');
    const pick = <T>(list: readonly T[]): T => list[random.integer(list.length)]!;
    const lead = () => `F${random.integer(12)}`;
    const id = () => `R${random.integer(40)}`;
    const aTouch = (): Interaction => ({
      interaction_id: id(),
      conversation_id: null,
      lead_id: lead(),
      campaign_id: pick([null, 'A', 'B']),
      timestamp: '2026-01-01T00:00:00.000Z',
      channel: pick(['Email', 'SMS']),
      event_type: 'reply',
      agent_id: null,
      variant_id: pick([null, 'V1', 'V2']),
      outcome: pick(['none', 'positive', 'negative', 'callback_requested']),
      metadata_json: {},
    });
    const aLeadRow = () => ({
      lead_id: lead(),
      created_at: '2026-01-01T00:00:00.000Z',
      source: pick(['Website', 'Referral']),
      campaign_id: pick([null, 'A', 'B']),
      lead_status: pick(['New', 'Open']),
      persona: pick([null, 'CMO', 'CTO']),
      industry: pick([null, 'SaaS']),
      flow_state: 'new',
    });
    const aConversion = () => ({
      conversion_id: id(),
      lead_id: lead(),
      campaign_id: null,
      converted_at: '2026-01-01T00:00:00.000Z',
      conversion_value_usd: random.integer(1_000) / 100,
      conversion_type: 'purchase',
    });
    for (let round = 0; round < 40; round++) {
      await write(async (unit) => {
        for (let step = 0; step < 8; step++) {
          const works = [
            () => unit.of(CRM_TABLES.leads).upsert(aLeadRow()),
            () => unit.of(CRM_TABLES.interactions).upsert([aTouch()]),
            () => unit.of(CRM_TABLES.interactions).insertNew([aTouch()]),
            () => unit.of(CRM_TABLES.conversions).upsert(aConversion()),
            () => unit.of(CRM_TABLES.interactions).update({ interaction_id: id() }, { outcome: 'positive' }),
            () => unit.of(CRM_TABLES.leads).update({ lead_id: lead() }, { persona: pick(['CMO', 'Founder']) }),
            () => unit.of(CRM_TABLES.interactions).delete({ interaction_id: id() }),
            () => unit.of(CRM_TABLES.conversions).delete({ conversion_id: id() }),
            () => unit.of(CRM_TABLES.leads).delete({ lead_id: lead() }),
          ];
          await pick(works)();
        }
        if (round % 5 === 4) throw new Error('taken back');
      }).catch((error: Error) => expect(error.message).toBe('taken back'));
      if (round % 7 === 0) await herald.app.get(FigureKeeper).settle();
      expect(await kept()).toEqual(await counted());
    }
    await herald.app.get(FigureKeeper).settle();
    expect(
      await database().query('SELECT * FROM changed_leads UNION ALL SELECT change_id, figure FROM figure_changes'),
    ).toEqual([]);
    expect(await herald.app.get(FigureKeeper).recount()).toBe(0);
  });

  describe('of what is imported', () => {
    let folder: string;
    const importer = () => herald.app.get(DatasetImporter);
    const triggers = () =>
      database().query(
        database().dialect === 'sqlite'
          ? `SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name`
          : 'SELECT tgname AS name FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname',
      );

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'herald-figures-'));
      await generateDataset(folder, { leads: 700, seed: 7, end: '2026-01-31' });
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it('are those of all rows: when an import was stopped, when it is through, and when a changed file comes again', async () => {
      const before = await triggers();
      const stop = new AbortController();
      const stopped = importer().import(folder, {
        signal: stop.signal,
        onProgress: ({ file }) => file === 'agent_actions.csv' && stop.abort(),
      });
      await expect(stopped).rejects.toThrow();
      expect(await triggers()).toEqual(before);
      await herald.app.get(FigureKeeper).settle();
      expect(await kept()).toEqual(await counted());

      await importer().import(folder);
      expect(await triggers()).toEqual(before);
      await herald.app.get(FigureKeeper).settle();
      expect(await kept()).toEqual(await counted());

      const [, line] = readFileSync(join(folder, 'interactions.csv'), 'utf8').split('\n');
      appendFileSync(join(folder, 'interactions.csv'), `${line!.replace(/INT\d+/, 'INT99999999')}\n`);
      const { rows_inserted } = await importer().import(folder);
      expect(rows_inserted).toBe(1);
      expect(await kept()).toEqual(await counted());
    });

    it('are not touched by a unit that fails behind the rows', async () => {
      const [before, triggersBefore] = [await kept(), await triggers()];
      const rows = Array.from({ length: 600 }, (_, n) => [`FAIL${n}`, `L${n % 50}`, 12.5, '2026-01-01T00:00:00.000Z']);
      const conversions = new BulkInsert('conversions', [
        'conversion_id',
        'lead_id',
        'conversion_value_usd',
        'converted_at',
        'conversion_type',
      ]);
      const withType = rows.map((row) => [...row, 'purchase']);
      const failing = write(async (unit) => {
        expect(await conversions.into(unit, withType)).toBe(600);
        throw new Error('taken back');
      });
      await expect(failing).rejects.toThrow('taken back');
      expect([await kept(), await triggers()]).toEqual([before, triggersBefore]);
      await write((unit) => unit.attempt(() => conversions.into(unit, withType)));
      // half of them are there already, and some follow beside it in the ordinary way
      await Promise.all([
        write((unit) =>
          conversions.into(unit, [...withType, ...withType.map(([id, ...row]) => [`${String(id)}-2`, ...row])]),
        ),
        storeLead(herald, { persona: 'CMO' }),
      ]);
      await herald.app.get(FigureKeeper).settle();
      expect(await kept()).toEqual(await counted());
    });
  });
});
