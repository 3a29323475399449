import { randomUUID } from 'node:crypto';
import { UnitOfWork } from '../src/database/index.js';
import { Queues } from '../src/queue/index.js';
import type { StartedApp } from './app.js';
import { CampaignDay } from '../src/crm/campaigns/campaign-day.entity.js';

type Fields = Record<string, unknown>;

/** The body of a lead that is middling in every respect; the test says what differs. */
export const aLead = (over: Fields = {}): Fields => ({
  source: 'Website',
  company_size: '51-200',
  industry: 'SaaS',
  persona: 'CMO',
  region: 'EU',
  preferred_channel: 'Email',
  gdpr_consent: true,
  email: `${randomUUID()}@example.com`,
  phone: '+1-202-555-0142',
  ...over,
});

export const aCampaign = (over: Fields = {}): Fields => ({
  name: 'Spring demo drive',
  objective: 'Lead Gen',
  start_date: '2026-01-01T00:00:00.000Z',
  end_date: '2026-12-31T00:00:00.000Z',
  channel_mix: ['Email', 'SMS'],
  daily_budget_usd: 100,
  total_budget_usd: 30_000,
  primary_region: 'EU',
  target_personas: ['CMO'],
  ...over,
});

/** @returns the stored lead */
export async function storeLead(herald: StartedApp, over?: Fields) {
  return stored(await herald.call('POST', '/api/v1/leads', aLead(over)));
}

/** @returns the stored campaign */
export async function storeCampaign(herald: StartedApp, over?: Fields) {
  return stored(await herald.call('POST', '/api/v1/campaigns', aCampaign(over)));
}

/** Something that happened with a lead: by default a reply by email without an outcome. */
export async function storeInteraction(herald: StartedApp, lead_id: string, over: Fields = {}) {
  return stored(
    await herald.call('POST', '/api/v1/interactions', { lead_id, channel: 'Email', event_type: 'reply', ...over }),
  );
}

/**
 * Days that end the day before `before`, the oldest first: 1,000 impressions and 30 clicks each unless said
 * otherwise.
 */
export async function storeDays(
  herald: StartedApp,
  campaign_id: string,
  before: string,
  count: number,
  day: (index: number) => Partial<CampaignDay> = () => ({}),
): Promise<void> {
  const end = Date.parse(`${before.slice(0, 10)}T00:00:00Z`);
  const rows = Array.from({ length: count }, (_, index): CampaignDay => ({
    campaign_id,
    date: new Date(end - (count - index) * 86_400_000).toISOString().slice(0, 10),
    impressions: 1000,
    clicks: 30,
    ctr: 0.03,
    leads_created: 6,
    conversions: 2,
    cost_usd: 90,
    revenue_usd: 400,
    cpl_usd: 15,
    roas: 4.44,
    ...day(index),
  }));
  await herald.app.get(UnitOfWork).run((unit) => unit.of(CampaignDay).insert(rows));
}

/** Resolves when the queue has nothing due any more. */
export function settled(herald: StartedApp): Promise<void> {
  return herald.app.get(Queues).idle({ timeoutMs: 30_000 });
}

function stored({ status, body }: { status: number; body: unknown }) {
  if (status !== 201) throw new Error(`not stored: ${status} ${JSON.stringify(body)}`);
  // the tests say what they expect of it
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  return body as any;
}
