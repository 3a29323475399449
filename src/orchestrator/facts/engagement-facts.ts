import type { EngagementFacts, EpisodeFacts, LeadChannelFacts } from '../../agents/core/index.js';
import { type Scenario, scenarioOf } from '../../agents/engagement/index.js';
import type { SqlRow } from '../../database/index.js';
import { type PortfolioRates, rememberedAt } from './portfolio-rates.js';
import { type SqlReader, leadFacts, parsed, placeholders, readLeadRows, readShortTerm } from './read-facts.js';

const NO_TRIALS = { trials: 0, successes: 0 };
const EPISODES = 12;

/** What engagement needs to know, for many leads at once. Unknown ids are absent. */
export async function readEngagementFacts(
  reader: SqlReader, rates: PortfolioRates, ids: readonly string[], now: string,
): Promise<EngagementFacts[]> {
  const rows = await readLeadRows(reader, ids);
  const campaignIds = [...new Set(rows.map((row) => row.campaign_id as string | null).filter((id) => id !== null))];
  const campaigns = await readCampaigns(reader, campaignIds);
  const variants = await readVariants(reader, rates, campaignIds);
  const channels = await readLeadChannels(reader, ids);
  const longTerm = await readLongTerm(reader, ids);
  const shortTerm = await readShortTerm(reader, ids, rememberedAt(rates, now));
  const past = await readPastMessages(reader, ids);
  const playbooks = new Map<Scenario, EpisodeFacts[]>();
  const facts = rows.map((row): EngagementFacts => {
    const lead = leadFacts(row);
    return {
      as_of: now,
      lead: {
        ...lead, lead_score: row.lead_score as number | null, triage_category: row.triage_category as string | null,
        has_email: row.email !== null, has_phone: row.phone !== null,
      },
      campaign: lead.campaign_id === null ? null : (campaigns.get(lead.campaign_id) ?? null),
      variants: lead.campaign_id === null ? [] : (variants.get(lead.campaign_id) ?? []),
      channel_rates: rates.byChannel,
      persona_channel_rates: (lead.persona !== null && rates.byPersonaAndChannel.get(lead.persona)) || {},
      lead_channels: channels.get(lead.lead_id) ?? [],
      long_term: longTerm.get(lead.lead_id) ?? null,
      short_term: shortTerm.get(lead.lead_id) ?? null,
      episodes: [],
      past_messages: past.get(lead.lead_id) ?? [],
    };
  });
  for (const each of facts) playbooks.set(scenarioOf(each), []);
  for (const scenario of playbooks.keys()) playbooks.set(scenario, await readEpisodes(reader, scenario));
  return facts.map((each) => ({ ...each, episodes: playbooks.get(scenarioOf(each))! }));
}

async function readCampaigns(reader: SqlReader, ids: readonly string[]): Promise<Map<string, NonNullable<EngagementFacts['campaign']>>> {
  if (ids.length === 0) return new Map();
  const rows = await reader.query(`SELECT campaign_id, name, objective, channel_mix FROM campaigns WHERE campaign_id IN (${placeholders(ids)})`, ids);
  return new Map(rows.map((row) => [
    String(row.campaign_id),
    { campaign_id: String(row.campaign_id), name: String(row.name), objective: String(row.objective), channel_mix: parsed<string[]>(row.channel_mix) },
  ]));
}

async function readVariants(
  reader: SqlReader, rates: PortfolioRates, campaignIds: readonly string[],
): Promise<Map<string, EngagementFacts['variants']>> {
  if (campaignIds.length === 0) return new Map();
  const rows = await reader.query(
    `SELECT * FROM ab_variants WHERE campaign_id IN (${placeholders(campaignIds)}) AND NOT is_paused ORDER BY variant_id`, campaignIds,
  );
  return grouped(rows, 'campaign_id', (row) => ({
    variant_id: String(row.variant_id), channel: String(row.channel), creative_type: String(row.creative_type),
    subject_line: row.subject_line as string, call_to_action: row.call_to_action as string, tone: row.tone as string,
    length_words: row.length_words as number, ...(rates.byVariant.get(String(row.variant_id)) ?? NO_TRIALS),
  }));
}

async function readLeadChannels(reader: SqlReader, ids: readonly string[]): Promise<Map<string, LeadChannelFacts[]>> {
  if (ids.length === 0) return new Map();
  const rows = await reader.query(
    `SELECT lead_id, channel, SUM(CASE WHEN event_type IN ('email_sent', 'sms_sent', 'call_made') THEN 1 ELSE 0 END) AS sends,
       SUM(CASE WHEN outcome IN ('positive', 'callback_requested') THEN 1 ELSE 0 END) AS positive,
       SUM(CASE WHEN outcome = 'negative' THEN 1 ELSE 0 END) AS negative,
       SUM(CASE WHEN outcome = 'unsubscribe' THEN 1 ELSE 0 END) AS unsubscribes
     FROM interactions WHERE lead_id IN (${placeholders(ids)}) GROUP BY lead_id, channel ORDER BY channel`,
    ids,
  );
  return grouped(rows, 'lead_id', (row) => ({
    channel: String(row.channel), sends: Number(row.sends), positive: Number(row.positive), negative: Number(row.negative),
    unsubscribes: Number(row.unsubscribes),
  }));
}

async function readLongTerm(reader: SqlReader, ids: readonly string[]): Promise<Map<string, NonNullable<EngagementFacts['long_term']>>> {
  if (ids.length === 0) return new Map();
  const rows = await reader.query(`SELECT * FROM memory_long_term WHERE lead_id IN (${placeholders(ids)})`, ids);
  return new Map(rows.map((row) => {
    const preferences = parsed<Record<string, unknown>>(row.preferences_json);
    return [String(row.lead_id), {
      best_contact_time: typeof preferences.best_contact_time === 'string' ? preferences.best_contact_time : null,
      preferred_channels: texts(preferences.preferred_channels),
      interests: texts(preferences.interests),
      rfm_score: row.rfm_score as number,
      last_updated_at: String(row.last_updated_at),
    }];
  }));
}

async function readPastMessages(reader: SqlReader, ids: readonly string[]): Promise<Map<string, EngagementFacts['past_messages'][number][]>> {
  if (ids.length === 0) return new Map();
  const rows = await reader.query(
    `SELECT m.lead_id, m.variant_id, m.channel, m.sent_at, EXISTS (
         SELECT 1 FROM interactions i WHERE i.lead_id = m.lead_id AND i.channel = m.channel AND i.timestamp > m.sent_at
           AND i.outcome IN ('positive', 'callback_requested')) AS succeeded
     FROM messages m WHERE m.lead_id IN (${placeholders(ids)}) AND m.sent_at IS NOT NULL ORDER BY m.sent_at, m.message_id`,
    ids,
  );
  return grouped(rows, 'lead_id', (row) => ({
    variant_id: row.variant_id as string | null, channel: String(row.channel), sent_at: String(row.sent_at),
    succeeded: row.succeeded === true || row.succeeded === 1,
  }));
}

/** What was done in the same situation, latest first. */
async function readEpisodes(reader: SqlReader, scenario: Scenario): Promise<EpisodeFacts[]> {
  const rows = await reader.query('SELECT * FROM memory_episodic WHERE scenario = ? ORDER BY episode_id DESC LIMIT ?', [scenario, EPISODES]);
  return rows.map((row) => ({
    episode_id: String(row.episode_id), scenario: String(row.scenario), action_sequence: parsed<string[]>(row.action_sequence_json),
    outcome_score: row.outcome_score as number,
  }));
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
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
