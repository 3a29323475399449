import type { ChannelFacts, EngagementFacts, VariantFacts } from '../../agents/core/index.js';
import { scenarioOf } from '../../agents/engagement/index.js';
import type { AbVariant, Campaign } from '../../crm/index.js';
import type { Reader } from '../../database/index.js';
import { type ChannelPermissions, zonesOf } from '../../outreach/index.js';
import { OUTREACH_CHANNELS } from '../../vocabulary/index.js';
import type { FactSources, FactsView } from './facts-view.js';
import type { PortfolioRates } from './portfolio-rates.js';
import { campaignsOf, inTurn, leadFacts, leadsFor } from './lead-facts.js';
import { recall } from './recall.js';
import { situationOf } from './playbooks.js';

const NO_TRIALS = { trials: 0, successes: 0 };

/** What engagement is told of a lead. */
export const ENGAGEMENT_FACTS: FactsView<EngagementFacts> = {
  resource: 'db://leads',
  view: 'engagement_facts',
  scopes: ['leads:read', 'campaigns:read', 'memory:rw', 'messages:read', 'analytics:read'],
  read: readEngagementFacts,
  idOf: ({ lead }) => lead.lead_id,
};

async function readEngagementFacts(sources: FactSources, ids: readonly string[]): Promise<EngagementFacts[]> {
  const { reader, faces, held, rates, memory, playbooks, at, now } = sources;
  const rows = await leadsFor(sources, ids);
  const campaignIds = campaignsOf(rows);
  const campaigns = new Map(
    (await faces.campaigns.find(reader, campaignIds)).map((campaign) => [campaign.campaign_id, campaign]),
  );
  const variants = new Map<string, VariantFacts[]>(campaignIds.map((id) => [id, []]));
  for (const variant of await faces.campaigns.variants(reader, campaignIds))
    if (!variant.is_paused) variants.get(variant.campaign_id)!.push(variantFacts(variant, rates));
  const channels = await faces.interactions.channelHistories(reader, ids);
  const recalled = await recall(memory, reader, ids, { at, now }, held.shortTerm);
  const past = await pastMessages(faces, reader, ids);
  const permissions = held.permissions ?? (await faces.permissions.ofLeads(reader, rows));
  const open = await faces.inbox.openReasons(reader, ids);
  return inTurn(rows, async (row): Promise<EngagementFacts> => {
    const lead = leadFacts(row);
    const { shortTerm, longTerm, known } = recalled(lead.lead_id);
    const lead_channels = channels.get(lead.lead_id) ?? [];
    const scenario = scenarioOf({ lead, short_term: shortTerm, lead_channels });
    const { episodes, triples } = await playbooks.of(reader, situationOf(scenario, lead));
    return {
      as_of: now,
      lead: {
        ...lead,
        zones: zonesOf(row).zones,
        lead_score: row.lead_score,
        triage_category: row.triage_category,
        has_email: row.email !== null,
        has_phone: row.phone !== null,
      },
      campaign: campaignFacts(campaigns.get(lead.campaign_id ?? '')),
      variants: variants.get(lead.campaign_id ?? '') ?? [],
      channel_rates: rates.byChannel,
      persona_channel_rates: (lead.persona !== null && rates.byPersonaAndChannel.get(lead.persona)) || {},
      lead_channels,
      long_term: longTerm,
      short_term: shortTerm,
      episodes,
      known,
      triples,
      channels: channelFacts(permissions.get(lead.lead_id)!),
      open_cases: open.get(lead.lead_id) ?? [],
      past_messages: past(lead.lead_id),
    };
  });
}

function campaignFacts(campaign: Campaign | undefined): EngagementFacts['campaign'] {
  if (!campaign) return null;
  const { campaign_id, name, objective, channel_mix } = campaign;
  return { campaign_id, name, objective, channel_mix };
}

function variantFacts(variant: AbVariant, rates: PortfolioRates): VariantFacts {
  const { variant_id, channel, creative_type, subject_line, call_to_action, tone, length_words } = variant;
  const own = rates.byVariant.get(variant_id) ?? NO_TRIALS;
  return { variant_id, channel, creative_type, subject_line, call_to_action, tone, length_words, ...own };
}

function channelFacts(permissions: ChannelPermissions): ChannelFacts[] {
  return OUTREACH_CHANNELS.map((channel) => {
    const permission = permissions[channel];
    return permission.allowed
      ? { channel, allowed: true, rule: null, reason: null }
      : { channel, allowed: false, rule: permission.rule, reason: permission.reason };
  });
}

/** What went out to each lead, and whether it answered well on that channel afterwards. */
async function pastMessages(
  { messages, interactions }: FactSources['faces'],
  reader: Reader,
  ids: readonly string[],
): Promise<(leadId: string) => EngagementFacts['past_messages']> {
  const sent = await messages.sentTo(reader, ids);
  const answers = await interactions.goodAnswers(reader, [...sent.keys()]);
  return (leadId) =>
    (sent.get(leadId) ?? []).map(({ variant_id, channel, sent_at }) => ({
      variant_id,
      channel,
      sent_at: sent_at!,
      succeeded: (answers.get(leadId) ?? []).some((answer) => answer.channel === channel && answer.at > sent_at!),
    }));
}
