import type { CampaignDay, EngagementFacts, LeadFacts, OptimizationFacts, TriageFacts, VariantFacts } from './facts.js';
import { type InteractionHistory, NO_HISTORY, OUTREACH_CHANNELS } from '../../vocabulary/index.js';

/** Facts for tests: middling in every respect, and the test says what differs. */
export function aLead(over: Partial<LeadFacts> = {}): LeadFacts {
  return {
    lead_id: 'L0000001',
    created_at: '2026-01-01T09:00:00.000Z',
    source: 'Website',
    campaign_id: 'CMP0001',
    lead_status: 'New',
    company_size: '201-1000',
    industry: 'SaaS',
    persona: 'CMO',
    region: 'EU',
    preferred_channel: 'Email',
    gdpr_consent: true,
    last_active_at: null,
    ...over,
  };
}

export function aHistory(over: Partial<InteractionHistory> = {}): InteractionHistory {
  return { ...NO_HISTORY, ...over };
}

type TriageOver = Partial<Omit<TriageFacts, 'lead' | 'history' | 'short_term'>> & {
  lead?: Partial<LeadFacts>;
  history?: Partial<InteractionHistory>;
  said?: { intent?: string; utterance?: string };
};

export function someTriageFacts({ lead, history, said, ...over }: TriageOver = {}): TriageFacts {
  return {
    as_of: '2026-01-10T09:00:00.000Z',
    observed_until: '2026-01-10T09:00:00.000Z',
    lead: aLead(lead),
    campaign: {
      campaign_id: 'CMP0001',
      objective: 'Lead Gen',
      primary_region: 'EU',
      target_personas: ['CMO', 'Founder'],
    },
    history: aHistory(history),
    short_term: said
      ? {
          conversation_id: 'C0000001',
          active_intent: said.intent ?? null,
          last_utterance_summary: said.utterance ?? null,
          slots: {},
          expires_at: '2026-01-11T09:00:00.000Z',
        }
      : null,
    conversions: { count: 0, value_usd: 0, last_at: null },
    base_rates: {
      overall: { leads: 1000, converted: 100 },
      source: { leads: 250, converted: 25 },
      industry: { leads: 125, converted: 12.5 },
      company_size: { leads: 160, converted: 16 },
    },
    ...over,
  };
}

export function aVariant(over: Partial<VariantFacts> = {}): VariantFacts {
  return {
    variant_id: 'VAR00001',
    channel: 'Email',
    creative_type: 'SubjectLine',
    subject_line: 'We saved teams 27% on CPL',
    call_to_action: 'Book Demo',
    tone: 'Friendly',
    length_words: 14,
    trials: 0,
    successes: 0,
    ...over,
  };
}

type EngagementOver = Partial<Omit<EngagementFacts, 'lead'>> & { lead?: Partial<EngagementFacts['lead']> };

export function someEngagementFacts({ lead, ...over }: EngagementOver = {}): EngagementFacts {
  return {
    as_of: '2026-01-12T06:00:00.000Z',
    lead: {
      ...aLead(lead),
      lead_score: 80,
      triage_category: 'Campaign Qualified',
      has_email: true,
      has_phone: true,
      ...lead,
    },
    campaign: {
      campaign_id: 'CMP0001',
      name: 'Ember Bridge Wave',
      objective: 'Lead Gen',
      channel_mix: ['Email', 'Social', 'Web'],
    },
    variants: [
      aVariant(),
      aVariant({
        variant_id: 'VAR00002',
        channel: 'SMS',
        creative_type: 'SMSCopy',
        call_to_action: 'Learn More',
        tone: 'Urgent',
      }),
    ],
    channel_rates: {
      Email: { trials: 400, successes: 120 },
      SMS: { trials: 300, successes: 90 },
      Social: { trials: 300, successes: 90 },
    },
    persona_channel_rates: {},
    lead_channels: [],
    channels: OUTREACH_CHANNELS.map((channel) => ({ channel, allowed: true, rule: null, reason: null })),
    long_term: null,
    short_term: null,
    episodes: [],
    past_messages: [],
    ...over,
  };
}

/** Days of a campaign that turns 1 USD into `roas` USD, with 1,000 impressions a day. */
export function someDays(count: number, day: (index: number) => Partial<CampaignDay> = () => ({})): CampaignDay[] {
  return Array.from({ length: count }, (_, index) => ({
    date: new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10),
    impressions: 1000,
    clicks: 30 + (index % 3),
    leads_created: 6 + (index % 2),
    conversions: 1 + (index % 2),
    cost_usd: 90 + (index % 5) * 4,
    revenue_usd: 400 + (index % 7) * 10,
    ...day(index),
  }));
}

type OptimizationOver = Partial<Omit<OptimizationFacts, 'campaign'>> & {
  campaign?: Partial<OptimizationFacts['campaign']>;
};

export function someOptimizationFacts({ campaign, ...over }: OptimizationOver = {}): OptimizationFacts {
  const peer = {
    impressions: 100_000,
    clicks: 3000,
    leads_created: 600,
    conversions: 150,
    cost_usd: 9000,
    revenue_usd: 38_000,
  };
  return {
    as_of: '2026-02-01T00:00:00.000Z',
    campaign: {
      campaign_id: 'CMP0001',
      name: 'Ember Bridge Wave',
      status: 'active',
      objective: 'Lead Gen',
      start_date: '2026-01-01T00:00:00.000Z',
      end_date: '2026-03-01T00:00:00.000Z',
      daily_budget_usd: 100,
      total_budget_usd: 6000,
      channel_mix: ['Email', 'Ads'],
      target_personas: ['CMO', 'Founder'],
      excluded_variant_ids: [],
      optimized_at: null,
      ...campaign,
    },
    daily: someDays(30),
    peers: [
      { campaign_id: 'CMP0002', ...peer },
      { campaign_id: 'CMP0003', ...peer },
    ],
    variants: [],
    channels: [],
    personas: [],
    ...over,
  };
}
