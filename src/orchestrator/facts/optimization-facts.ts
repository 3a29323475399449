import { CAMPAIGN_SCENARIO } from '../../agents/campaign-optimization/index.js';
import type { CampaignTotals, OptimizationFacts } from '../../agents/core/index.js';
import { type Reader, fromMicros, sumMicrosSql } from '../../database/index.js';
import { type PhaseAt, readCampaignPhases } from './campaign-phase.js';
import type { FactSources, FactsView } from './agent-facts.js';
import type { Situation } from './playbooks.js';
import { type PortfolioRates, trials, trialsSql } from './portfolio-rates.js';
import { parsed } from './read-facts.js';

/** What optimization is told of a campaign, its peers included. */
export const OPTIMIZATION_FACTS: FactsView<OptimizationFacts> = {
  resource: 'db://campaigns',
  view: 'optimization_facts',
  scopes: ['campaigns:read', 'leads:read', 'memory:rw', 'analytics:read'],
  read: readOptimizationFacts,
  idOf: ({ campaign }) => campaign.campaign_id,
};

async function readOptimizationFacts(
  { reader, rates, playbooks, now }: FactSources,
  ids: readonly string[],
): Promise<OptimizationFacts[]> {
  const totals = await readTotals(reader);
  const phases = await readCampaignPhases(reader, now);
  const facts: (OptimizationFacts | undefined)[] = [];
  for (const id of ids) {
    const one = await readOne(reader, rates, totals, id, phases.get(id));
    facts.push(one && { ...one, ...(await playbooks.of(reader, campaignSituation(one.campaign))) });
  }
  return facts.filter((each) => each !== undefined);
}

/** Under what the outcomes of campaign changes are remembered, and looked for. */
export function campaignSituation({
  objective,
  channel_mix,
}: Pick<OptimizationFacts['campaign'], 'objective' | 'channel_mix'>): Situation {
  return { scenario: CAMPAIGN_SCENARIO, text: [CAMPAIGN_SCENARIO, objective, ...channel_mix].join(' ') };
}

type Peer = OptimizationFacts['peers'][number];

async function readTotals(reader: Reader): Promise<Peer[]> {
  const rows = await reader.query(
    `SELECT campaign_id, SUM(impressions) AS impressions, SUM(clicks) AS clicks, SUM(leads_created) AS leads_created, SUM(conversions) AS conversions,
       ${sumMicrosSql('cost_usd')} AS cost_micros, ${sumMicrosSql('revenue_usd')} AS revenue_micros
     FROM campaign_daily GROUP BY campaign_id ORDER BY campaign_id`,
  );
  return rows.map((row): CampaignTotals & { campaign_id: string } => ({
    campaign_id: String(row.campaign_id),
    impressions: Number(row.impressions),
    clicks: Number(row.clicks),
    leads_created: Number(row.leads_created),
    conversions: Number(row.conversions),
    cost_usd: fromMicros(Number(row.cost_micros)),
    revenue_usd: fromMicros(Number(row.revenue_micros)),
  }));
}

async function readOne(
  reader: Reader,
  rates: PortfolioRates,
  totals: readonly Peer[],
  id: string,
  phaseAt: PhaseAt | undefined,
): Promise<OptimizationFacts | undefined> {
  const [campaign] = await reader.query('SELECT * FROM campaigns WHERE campaign_id = ?', [id]);
  if (!campaign || !phaseAt) return undefined;
  const daily = await reader.query('SELECT * FROM campaign_daily WHERE campaign_id = ? ORDER BY date', [id]);
  const variants = await reader.query(
    'SELECT variant_id, channel FROM ab_variants WHERE campaign_id = ? AND NOT is_paused ORDER BY variant_id',
    [id],
  );
  const paused = await reader.query(
    'SELECT variant_id FROM ab_variants WHERE campaign_id = ? AND is_paused ORDER BY variant_id',
    [id],
  );
  const channels = await reader.query(
    `SELECT channel, ${trialsSql('lead_id')} FROM interactions WHERE campaign_id = ? GROUP BY channel ORDER BY channel`,
    [id],
  );
  const personas = await reader.query(
    `SELECT l.persona, COUNT(*) AS trials, COUNT(c.lead_id) AS successes
     FROM leads l LEFT JOIN (SELECT DISTINCT lead_id FROM conversions) c ON c.lead_id = l.lead_id
     WHERE l.campaign_id = ? AND l.persona IS NOT NULL GROUP BY l.persona ORDER BY l.persona`,
    [id],
  );
  const [last] = await reader.query(
    `SELECT MAX(COALESCE(a.executed_at, d.created_at)) AS at
     FROM decisions d LEFT JOIN approvals a ON a.decision_id = d.decision_id AND a.status = 'executed'
     WHERE d.subject_type = 'campaign' AND d.subject_id = ? AND d.kind = 'campaign.optimize' AND d.status = 'applied' AND d.is_reversible`,
    [id],
  );
  return {
    as_of: phaseAt.asOf,
    campaign: {
      campaign_id: id,
      name: String(campaign.name),
      status: phaseAt.phase,
      objective: String(campaign.objective),
      start_date: String(campaign.start_date),
      end_date: (campaign.end_date as string | null) ?? '9999-12-31T00:00:00.000Z',
      daily_budget_usd: Number(campaign.daily_budget_usd),
      total_budget_usd: Number(campaign.total_budget_usd),
      channel_mix: parsed<string[]>(campaign.channel_mix),
      target_personas: parsed<string[]>(campaign.target_personas),
      excluded_variant_ids: paused.map((row) => String(row.variant_id)),
      optimized_at: (last?.at as string | null) ?? null,
    },
    daily: daily.map((day) => ({
      date: String(day.date),
      impressions: Number(day.impressions),
      clicks: Number(day.clicks),
      leads_created: Number(day.leads_created),
      conversions: Number(day.conversions),
      cost_usd: Number(day.cost_usd),
      revenue_usd: Number(day.revenue_usd),
    })),
    peers: totals.filter((peer) => peer.campaign_id !== id),
    variants: variants.map((row) => ({
      variant_id: String(row.variant_id),
      channel: String(row.channel),
      ...(rates.byVariant.get(String(row.variant_id)) ?? { trials: 0, successes: 0 }),
    })),
    channels: channels.map((row) => ({ channel: String(row.channel), ...trials(row) })),
    personas: personas.map((row) => ({ persona: String(row.persona), ...trials(row) })),
  };
}
