import type { Random } from '../../config/index.js';
import type { Row } from '../cell-codec.js';
import { DAY_MS, isoTime, type Period } from './calendar.js';
import type { Journey } from './journeys.js';
import { likedChannels, type LeadPlan } from './leads.js';
import { chance, clamp, normal, pick, round } from './sampling.js';
import { isGoodOutcome } from '../../vocabulary/index.js';

type LeadStatus = 'New' | 'Open' | 'Qualified' | 'Unqualified' | 'Converted';

/** All that the files say of one lead's history, before it is split into rows. */
export interface LeadHistory {
  readonly lead: LeadPlan;
  readonly journey: Journey;
  readonly status: LeadStatus;
  readonly score: number;
  readonly conversationId: string;
  readonly lastEventAt: number;
}

const EMPLOYEES = {
  '1-10': 10,
  '11-50': 50,
  '51-200': 200,
  '201-1000': 1200,
  '1001-5000': 1200,
  '5000+': 1200,
} as const;
const INTENT_BY_SUMMARY: Record<string, string> = {
  'asked about pricing': 'negotiate',
  'interested in case studies': 'download_asset',
  'needs security details': 'download_asset',
  'requested demo': 'book_demo',
  'timeline Q3': 'request_callback',
  unsubscribed: 'unsubscribe',
};

export function leadHistory(random: Random, lead: LeadPlan, journey: Journey, isNew: boolean): LeadHistory {
  const status = statusOf(lead, journey, isNew);
  const score = clamp(
    Math.round(52 + 17 * lead.visibleFit + 4 * Math.min(journey.engagement, 5) + 5 * normal(random)),
    0,
    100,
  );
  const lastEventAt = journey.events.at(-1)?.at ?? lead.createdAt;
  return { lead, journey, status, score, conversationId: `C${String(lead.number).padStart(7, '0')}`, lastEventAt };
}

function statusOf(
  lead: LeadPlan,
  { conversion, engagement, isUnsubscribed, hasComplained, events }: Journey,
  isNew: boolean,
): LeadStatus {
  if (isNew) return 'New';
  if (conversion) return 'Converted';
  if (isUnsubscribed || hasComplained) return 'Unqualified';
  const refusals = events.filter(({ outcome }) => outcome === 'negative').length;
  const agreements = events.filter(({ outcome }) => isGoodOutcome(outcome)).length;
  if (refusals > agreements || (lead.triage_category === 'Cold Lead' && engagement < 0.3)) return 'Unqualified';
  return lead.triage_category === 'Campaign Qualified' && agreements > 0 ? 'Qualified' : 'Open';
}

export function leadRow({ lead, status, score, lastEventAt, journey }: LeadHistory): Row {
  return {
    lead_id: lead.lead_id,
    created_at: isoTime(lead.createdAt),
    source: lead.source,
    campaign_id: lead.campaign.campaign_id,
    triage_category: lead.triage_category,
    lead_status: status,
    lead_score: score,
    company_size: lead.company_size,
    industry: lead.industry,
    persona: lead.persona,
    region: lead.region,
    preferred_channel: lead.preferred_channel,
    gdpr_consent: lead.gdpr_consent,
    email: lead.email,
    phone: lead.phone,
    assigned_engagement_agent: lead.assigned_engagement_agent,
    last_active_at: isoTime(Math.max(lastEventAt, journey.conversion?.at ?? 0)),
  };
}

export function conversationRow({ lead, status, conversationId, lastEventAt }: LeadHistory, { end }: Period): Row {
  const quietDays = (end - lastEventAt) / DAY_MS;
  const isDone = status === 'Converted' || status === 'Unqualified';
  return {
    conversation_id: conversationId,
    lead_id: lead.lead_id,
    opened_at: isoTime(lead.createdAt),
    last_event_at: isoTime(lastEventAt),
    status: isDone || quietDays > 30 ? 'closed' : quietDays > 7 ? 'idle' : 'active',
  };
}

export function* interactionRows({ lead, journey, conversationId }: LeadHistory, nextId: () => string): Generator<Row> {
  const { campaign_id } = lead.campaign;
  for (const { at, channel, event_type, outcome, variant, durationSeconds } of journey.events) {
    yield {
      interaction_id: nextId(),
      conversation_id: conversationId,
      lead_id: lead.lead_id,
      campaign_id,
      timestamp: isoTime(at),
      channel,
      event_type,
      agent_id: lead.assigned_engagement_agent,
      variant_id: variant.variant_id,
      outcome,
      metadata_json: { duration_sec: durationSeconds, utm: { source: lead.source, campaign: campaign_id } },
    };
  }
}

export function conversionRow({ lead, journey: { conversion } }: LeadHistory): Row | undefined {
  return (
    conversion && {
      lead_id: lead.lead_id,
      campaign_id: lead.campaign.campaign_id,
      converted_at: isoTime(conversion.at),
      conversion_value_usd: conversion.valueUsd,
      conversion_type: conversion.type,
    }
  );
}

/** Context of a conversation that somebody has worked on lately; it expires a day to three after the last event. */
export function shortTermRow(
  random: Random,
  { lead, journey, status, conversationId, lastEventAt }: LeadHistory,
  { end }: Period,
): Row | undefined {
  const isRecent = end - lastEventAt < 21 * DAY_MS;
  if (!chance(random, isRecent ? 0.75 : 0.35)) return undefined;
  const summary = summaryOf(random, lead, journey);
  return {
    conversation_id: conversationId,
    lead_id: lead.lead_id,
    last_utterance_summary: summary,
    active_intent: status === 'Converted' ? 'book_demo' : INTENT_BY_SUMMARY[summary],
    slots_json: {
      company: 'Acme Co.',
      employees: EMPLOYEES[lead.company_size],
      tooling: ['HubSpot', 'Salesforce', 'GA4'],
    },
    expires_at: isoTime(lastEventAt + (1 + 2 * random.next()) * DAY_MS),
  };
}

function summaryOf(
  random: Random,
  { interests }: LeadPlan,
  { isUnsubscribed, callbackAt, conversion }: Journey,
): string {
  if (isUnsubscribed) return 'unsubscribed';
  if (conversion) return 'requested demo';
  if (callbackAt !== undefined) return 'timeline Q3';
  const interest = pick(random, interests);
  if (interest === 'pricing' || interest === 'roi') return 'asked about pricing';
  return interest === 'security' || interest === 'integration'
    ? 'needs security details'
    : 'interested in case studies';
}

/** What is known of a lead that has answered; sometimes the contact time is learned wrong. */
export function longTermRow(
  random: Random,
  { lead, journey, lastEventAt, score }: LeadHistory,
  { end, days }: Period,
): Row | undefined {
  if (journey.touches === 0 || !chance(random, journey.engagement > 0.5 ? 0.9 : 0.4)) return undefined;
  const recency = clamp(1 - (end - lastEventAt) / DAY_MS / days, 0, 1);
  const frequency = clamp(journey.events.length / 15, 0, 1);
  const monetary = journey.conversion ? clamp(journey.conversion.valueUsd / 3000, 0.3, 1) : score / 400;
  return {
    lead_id: lead.lead_id,
    region: lead.region,
    industry: lead.industry,
    rfm_score: round((recency + frequency + monetary) / 3, 3),
    preferences_json: {
      best_contact_time: chance(random, 0.85) ? lead.bestContactTime : '13:00-15:00',
      preferred_channels: likedChannels(random, lead),
      interests: lead.interests,
    },
    last_updated_at: isoTime(lastEventAt),
  };
}
