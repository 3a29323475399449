import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { type InteractionHistory, NO_HISTORY } from '../../vocabulary/index.js';
import type { BaseRates, ConversionCount, TriageFacts } from '../core/index.js';
import { ANSWER_EVENTS, SEND_EVENTS } from '../../vocabulary/index.js';

const FOLDER = join(process.cwd(), '../shared/data/marketing_v1');

/** Whether the real data set lies beside the repository; tests that need it skip themselves without. */
export const hasRealData = existsSync(join(FOLDER, 'leads.csv'));

type Row = Record<string, string>;
const rows = (name: string): Row[] => parse(readFileSync(join(FOLDER, `${name}.csv`)), { columns: true }) as Row[];
const instant = (text: string): string => `${text}.000Z`;

const SENDS = new Set(SEND_EVENTS);
const REPLIES = new Set(ANSWER_EVENTS);

/** The triage facts of every lead in the data set, as they stood when its last interaction was recorded. */
export function realTriageFacts(): TriageFacts[] {
  const leads = rows('leads');
  const campaigns = new Map(rows('campaigns').map((row) => [row.campaign_id, row]));
  const history = historyByLead(rows('interactions'));
  const shortTerm = new Map(rows('memory_short_term').map((row) => [row.lead_id, row]));
  const conversions = new Map(rows('conversions').map((row) => [row.lead_id, row]));
  const rates = {
    overall: countBy(leads, () => 'all').get('all')!,
    source: countBy(leads, (row) => row.source!),
    industry: countBy(leads, (row) => row.industry!),
    company_size: countBy(leads, (row) => row.company_size!),
  };
  return leads.map((lead): TriageFacts => {
    const campaign = campaigns.get(lead.campaign_id);
    const memory = shortTerm.get(lead.lead_id);
    const conversion = conversions.get(lead.lead_id);
    const baseRates: BaseRates = {
      overall: rates.overall,
      source: rates.source.get(lead.source!)!,
      industry: rates.industry.get(lead.industry!)!,
      company_size: rates.company_size.get(lead.company_size!)!,
    };
    return {
      as_of: '2025-08-29T00:00:00.000Z',
      observed_until: '2025-08-29T00:00:00.000Z',
      lead: {
        lead_id: lead.lead_id!,
        created_at: instant(lead.created_at!),
        source: lead.source!,
        campaign_id: lead.campaign_id!,
        lead_status: lead.lead_status!,
        company_size: lead.company_size!,
        industry: lead.industry!,
        persona: lead.persona!,
        region: lead.region!,
        preferred_channel: lead.preferred_channel!,
        gdpr_consent: lead.gdpr_consent === 'True',
        last_active_at: instant(lead.last_active_at!),
      },
      campaign: campaign
        ? {
            campaign_id: campaign.campaign_id!,
            objective: campaign.objective!,
            primary_region: campaign.primary_region!,
            target_personas: JSON.parse(campaign.target_personas!) as string[],
          }
        : null,
      history: history.get(lead.lead_id!) ?? { ...NO_HISTORY },
      short_term: memory
        ? {
            conversation_id: memory.conversation_id!,
            active_intent: memory.active_intent!,
            last_utterance_summary: memory.last_utterance_summary!,
            slots: JSON.parse(memory.slots_json!) as Record<string, unknown>,
            expires_at: instant(memory.expires_at!),
          }
        : null,
      conversions: conversion
        ? { count: 1, value_usd: Number(conversion.conversion_value_usd), last_at: instant(conversion.converted_at!) }
        : { count: 0, value_usd: 0, last_at: null },
      base_rates: baseRates,
    };
  });
}

type MutableHistory = { -readonly [Key in keyof InteractionHistory]: InteractionHistory[Key] };

function historyByLead(interactions: Row[]): Map<string, MutableHistory> {
  const byLead = new Map<string, MutableHistory>();
  for (const { lead_id: leadId, event_type: event, outcome, timestamp } of interactions) {
    const history = byLead.get(leadId!) ?? { ...NO_HISTORY };
    byLead.set(leadId!, history);
    history.total++;
    const isReply = REPLIES.has(event!);
    if (SENDS.has(event!)) history.sends++;
    if (event === 'email_open') history.opens++;
    if (event === 'email_click') history.clicks++;
    if (event === 'site_visit') history.site_visits++;
    if (isReply) history.replies++;
    if (isReply && (outcome === 'positive' || outcome === 'callback_requested')) history.positive_replies++;
    if (isReply && outcome === 'negative') history.negative_replies++;
    if (outcome === 'positive') history.positive++;
    if (outcome === 'negative') history.negative++;
    if (outcome === 'unsubscribe') history.unsubscribes++;
    if (outcome === 'callback_requested') history.callbacks++;
    const at = instant(timestamp!);
    if (history.last_at === null || at > history.last_at) history.last_at = at;
    if (!SENDS.has(event!) && (history.last_engaged_at === null || at > history.last_engaged_at))
      history.last_engaged_at = at;
  }
  return byLead;
}

function countBy(leads: Row[], key: (row: Row) => string): Map<string, ConversionCount> {
  const counts = new Map<string, { leads: number; converted: number }>();
  for (const lead of leads) {
    const count = counts.get(key(lead)) ?? { leads: 0, converted: 0 };
    counts.set(key(lead), count);
    count.leads++;
    if (lead.lead_status === 'Converted') count.converted++;
  }
  return counts;
}
