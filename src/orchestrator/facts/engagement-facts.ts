import type { EngagementFacts, LeadChannelFacts } from '../../agents/core/index.js';
import { scenarioOf } from '../../agents/engagement/index.js';
import type { Reader, SqlRow } from '../../database/index.js';
import type { FactSources, FactsView } from './agent-facts.js';
import { type PortfolioRates, rememberedAt } from './portfolio-rates.js';
import { leadFacts, parsed, placeholders, readLeads } from './read-facts.js';
import { recall } from './recall.js';
import { situationOf } from './playbooks.js';
import { GOOD_OUTCOMES, SEND_EVENTS, sqlWords } from '../../vocabulary/index.js';

const NO_TRIALS = { trials: 0, successes: 0 };

/** What engagement is told of a lead. */
export const ENGAGEMENT_FACTS: FactsView<EngagementFacts> = {
  resource: 'db://leads',
  view: 'engagement_facts',
  scopes: ['leads:read', 'campaigns:read', 'memory:rw', 'messages:read', 'analytics:read'],
  read: readEngagementFacts,
  idOf: ({ lead }) => lead.lead_id,
};

async function readEngagementFacts(
  { reader, held, rates, memory, playbooks, now }: FactSources,
  ids: readonly string[],
): Promise<EngagementFacts[]> {
  const rows = await readLeads(reader, ids, held.leads);
  const campaignIds = [...new Set(rows.map(({ campaign_id }) => campaign_id).filter((id) => id !== null))];
  const campaigns = await readCampaigns(reader, campaignIds);
  const variants = await readVariants(reader, rates, campaignIds);
  const channels = await readLeadChannels(reader, ids);
  const recalled = await recall(memory, reader, ids, { at: rememberedAt(rates, now), now }, held.shortTerm);
  const past = await readPastMessages(reader, ids);
  return Promise.all(
    rows.map(async (row): Promise<EngagementFacts> => {
      const lead = leadFacts(row);
      const { shortTerm, longTerm, known } = recalled(lead.lead_id);
      const lead_channels = channels.get(lead.lead_id) ?? [];
      const scenario = scenarioOf({ lead, short_term: shortTerm, lead_channels });
      const { episodes, triples } = await playbooks.of(reader, situationOf(scenario, lead));
      return {
        as_of: now,
        lead: {
          ...lead,
          lead_score: row.lead_score,
          triage_category: row.triage_category,
          has_email: row.email !== null,
          has_phone: row.phone !== null,
        },
        campaign: lead.campaign_id === null ? null : (campaigns.get(lead.campaign_id) ?? null),
        variants: lead.campaign_id === null ? [] : (variants.get(lead.campaign_id) ?? []),
        channel_rates: rates.byChannel,
        persona_channel_rates: (lead.persona !== null && rates.byPersonaAndChannel.get(lead.persona)) || {},
        lead_channels,
        long_term: longTerm,
        short_term: shortTerm,
        episodes,
        known,
        triples,
        past_messages: past.get(lead.lead_id) ?? [],
      };
    }),
  );
}

async function readCampaigns(
  reader: Reader,
  ids: readonly string[],
): Promise<Map<string, NonNullable<EngagementFacts['campaign']>>> {
  if (ids.length === 0) return new Map();
  const rows = await reader.query(
    `SELECT campaign_id, name, objective, channel_mix FROM campaigns WHERE campaign_id IN (${placeholders(ids)})`,
    ids,
  );
  return new Map(
    rows.map((row) => [
      String(row.campaign_id),
      {
        campaign_id: String(row.campaign_id),
        name: String(row.name),
        objective: String(row.objective),
        channel_mix: parsed<string[]>(row.channel_mix),
      },
    ]),
  );
}

async function readVariants(
  reader: Reader,
  rates: PortfolioRates,
  campaignIds: readonly string[],
): Promise<Map<string, EngagementFacts['variants']>> {
  if (campaignIds.length === 0) return new Map();
  const rows = await reader.query(
    `SELECT * FROM ab_variants WHERE campaign_id IN (${placeholders(campaignIds)}) AND NOT is_paused ORDER BY variant_id`,
    campaignIds,
  );
  return grouped(rows, 'campaign_id', (row) => ({
    variant_id: String(row.variant_id),
    channel: String(row.channel),
    creative_type: String(row.creative_type),
    subject_line: row.subject_line as string,
    call_to_action: row.call_to_action as string,
    tone: row.tone as string,
    length_words: row.length_words as number,
    ...(rates.byVariant.get(String(row.variant_id)) ?? NO_TRIALS),
  }));
}

async function readLeadChannels(reader: Reader, ids: readonly string[]): Promise<Map<string, LeadChannelFacts[]>> {
  if (ids.length === 0) return new Map();
  const rows = await reader.query(
    `SELECT lead_id, channel, SUM(CASE WHEN event_type IN ${sqlWords(SEND_EVENTS)} THEN 1 ELSE 0 END) AS sends,
       SUM(CASE WHEN outcome IN ${sqlWords(GOOD_OUTCOMES)} THEN 1 ELSE 0 END) AS positive,
       SUM(CASE WHEN outcome = 'negative' THEN 1 ELSE 0 END) AS negative,
       SUM(CASE WHEN outcome = 'unsubscribe' THEN 1 ELSE 0 END) AS unsubscribes
     FROM interactions WHERE lead_id IN (${placeholders(ids)}) GROUP BY lead_id, channel ORDER BY channel`,
    ids,
  );
  return grouped(rows, 'lead_id', (row) => ({
    channel: String(row.channel),
    sends: Number(row.sends),
    positive: Number(row.positive),
    negative: Number(row.negative),
    unsubscribes: Number(row.unsubscribes),
  }));
}

async function readPastMessages(
  reader: Reader,
  ids: readonly string[],
): Promise<Map<string, EngagementFacts['past_messages'][number][]>> {
  if (ids.length === 0) return new Map();
  const rows = await reader.query(
    `SELECT m.lead_id, m.variant_id, m.channel, m.sent_at, EXISTS (
         SELECT 1 FROM interactions i WHERE i.lead_id = m.lead_id AND i.channel = m.channel AND i.timestamp > m.sent_at
           AND i.outcome IN ${sqlWords(GOOD_OUTCOMES)}) AS succeeded
     FROM messages m WHERE m.lead_id IN (${placeholders(ids)}) AND m.sent_at IS NOT NULL ORDER BY m.sent_at, m.message_id`,
    ids,
  );
  return grouped(rows, 'lead_id', (row) => ({
    variant_id: row.variant_id as string | null,
    channel: String(row.channel),
    sent_at: String(row.sent_at),
    succeeded: row.succeeded === true || row.succeeded === 1,
  }));
}

function grouped<T>(rows: SqlRow[], key: string, map: (row: SqlRow) => T): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(String(row[key]));
    if (group) group.push(map(row));
    else groups.set(String(row[key]), [map(row)]);
  }
  return groups;
}
