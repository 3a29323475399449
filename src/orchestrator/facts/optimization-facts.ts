import { CAMPAIGN_SCENARIO } from '../../agents/campaign-optimization/index.js';
import type { OptimizationFacts } from '../../agents/core/index.js';
import type { Campaigns } from '../../crm/index.js';
import type { Reader } from '../../database/index.js';
import { readLately } from './lately.js';
import type { FactFaces } from './fact-faces.js';
import { type CampaignPhase, readCampaignPhases } from './campaign-phase.js';
import type { FactSources, FactsView } from './facts-view.js';
import type { Situation } from './playbooks.js';
import type { PortfolioRates } from './portfolio-rates.js';

/** What optimization is told of a campaign, its peers included. */
export const OPTIMIZATION_FACTS: FactsView<OptimizationFacts> = {
  resource: 'db://campaigns',
  view: 'optimization_facts',
  scopes: ['campaigns:read', 'leads:read', 'memory:rw', 'analytics:read'],
  read: readOptimizationFacts,
  idOf: ({ campaign }) => campaign.campaign_id,
};

async function readOptimizationFacts(
  { reader, faces, rates, playbooks, at, now }: FactSources,
  ids: readonly string[],
): Promise<OptimizationFacts[]> {
  const totals = await faces.campaigns.sums(reader);
  const phases = await readCampaignPhases(faces.campaigns, reader, at);
  const changes = await lastChanges(reader, faces, ids);
  const facts: (OptimizationFacts | undefined)[] = [];
  for (const id of ids) {
    const one = await readOne(reader, faces.campaigns, rates, totals, id, at, phases.get(id), changes.get(id));
    const lately = one && (await readLately(faces.ledger, reader, id, now));
    facts.push(one && { ...one, ...(await playbooks.of(reader, campaignSituation(one.campaign))), lately });
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

/** When an optimization last changed each campaign and was not undone: at once, or when a person approved it. */
async function lastChanges(
  reader: Reader,
  { ledger, inbox }: FactFaces,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const about = { kind: 'campaign.optimize', subject_type: 'campaign', subject_ids: ids };
  const decisions = await ledger.inForce(reader, about);
  const executed = await inbox.executedAt(
    reader,
    decisions.map(({ decision_id }) => decision_id),
  );
  const changes = new Map<string, string>();
  for (const { decision_id, subject_id, created_at } of decisions) {
    const at = executed.get(decision_id) ?? created_at;
    if (at > (changes.get(subject_id) ?? '')) changes.set(subject_id, at);
  }
  return changes;
}

type Peer = OptimizationFacts['peers'][number];

async function readOne(
  reader: Reader,
  face: Campaigns,
  rates: PortfolioRates,
  totals: readonly Peer[],
  id: string,
  at: string,
  phase: CampaignPhase | undefined,
  optimizedAt: string | undefined,
): Promise<OptimizationFacts | undefined> {
  const campaign = await face.get(reader, id);
  if (!campaign || !phase) return undefined;
  const daily = await face.days(reader, id);
  const variants = await face.variants(reader, [id]);
  const channels = await face.channelTrials(reader, id);
  const personas = await face.personaTrials(reader, id);
  return {
    as_of: at,
    campaign: {
      campaign_id: id,
      name: campaign.name,
      status: phase,
      objective: campaign.objective,
      start_date: campaign.start_date,
      end_date: campaign.end_date ?? '9999-12-31T00:00:00.000Z',
      daily_budget_usd: campaign.daily_budget_usd,
      total_budget_usd: campaign.total_budget_usd,
      channel_mix: campaign.channel_mix,
      target_personas: campaign.target_personas,
      excluded_variant_ids: variants.filter(({ is_paused }) => is_paused).map(({ variant_id }) => variant_id),
      optimized_at: optimizedAt ?? null,
    },
    daily: daily.map(({ date, impressions, clicks, leads_created, conversions, cost_usd, revenue_usd }) => ({
      date,
      impressions,
      clicks,
      leads_created,
      conversions,
      cost_usd,
      revenue_usd,
    })),
    peers: totals.filter((peer) => peer.campaign_id !== id),
    variants: variants
      .filter(({ is_paused }) => !is_paused)
      .map(({ variant_id, channel }) => ({
        variant_id,
        channel,
        ...(rates.byVariant.get(variant_id) ?? { trials: 0, successes: 0 }),
      })),
    channels,
    personas,
  };
}
