import { createRandom, type Random } from '../config/index.js';
import type { OptimizationInputs } from './campaign-optimization/index.js';
import {
  aVariant,
  someDays,
  someEngagementFacts,
  someOptimizationFacts,
  someTriageFacts,
} from './core/facts.fixture.js';
import type { EngagementInputs } from './engagement/index.js';
import type { TriageInputs } from './lead-triage/index.js';

/**
 * Inputs as the first versions of the policies recorded them: drawn at random, the same on every run, and never to be
 * changed.
 */

const pick = <T>(random: Random, items: readonly T[]): T => items[random.integer(items.length)]!;
const SIZES = ['1-10', '51-200', '1001-5000', '5000+', null] as const;
const PERSONAS = ['CMO', 'Founder', 'Engineer', 'Procurement', null] as const;
const CHANNELS = ['Email', 'SMS', 'Social', 'Ads', 'Call'] as const;
const INTENTS = ['book_demo', 'negotiate', 'download_asset', 'unsubscribe', 'question'] as const;
const UTTERANCES = [
  'asked about pricing',
  'needs security details',
  'timeline Q3',
  'not interested',
  'thanks',
] as const;
const STEPS = [
  'send_case_study',
  'follow_up_sms',
  'offer_trial',
  'book_demo',
  'retarget_ads',
  'escalate_manager',
] as const;

const said = (random: Random) =>
  random.next() < 0.4 ? undefined : { intent: pick(random, INTENTS), utterance: pick(random, UTTERANCES) };

export function recordedTriageInputs(count: number): TriageInputs[] {
  const random = createRandom('recorded triage');
  return Array.from({ length: count }, (): TriageInputs => ({
    facts: someTriageFacts({
      lead: {
        company_size: pick(random, SIZES),
        persona: pick(random, PERSONAS),
        industry: pick(random, ['SaaS', 'Retail', null]),
        source: pick(random, ['Referral', 'Outbound', 'Website', null]),
        gdpr_consent: random.next() < 0.8,
      },
      history: {
        total: random.integer(12),
        sends: random.integer(5),
        opens: random.integer(4),
        site_visits: random.integer(4),
        replies: random.integer(4),
        positive_replies: random.integer(3),
        negative_replies: random.integer(4),
        positive: random.integer(3),
        negative: random.integer(3),
        unsubscribes: random.integer(2),
        callbacks: random.integer(2),
      },
      ...(said(random) && { said: said(random)! }),
      conversions: { count: random.integer(2), value_usd: 0, last_at: null },
      ...(random.next() < 0.3 && { campaign: null }),
    }),
    priority: pick(random, ['urgent', 'high', 'medium', 'low'] as const),
    model: random.next() < 0.5 ? null : ({ probability: random.next(), model: 'recorded' } as never),
    confidence_threshold: 0.8,
  }));
}

/** The same with what the second version was told: memory, and where the history ends. */
export function recordedTriageInputsWithMemory(count: number): TriageInputs[] {
  const random = createRandom('recorded triage with memory');
  return recordedTriageInputs(count).map((inputs) => ({
    ...inputs,
    facts: {
      ...inputs.facts,
      known: [
        ['intent', pick(random, INTENTS)],
        ['timeline', 'Q3'],
        ['rfm_score', random.next()],
      ].map(([name, value], index) => ({
        fact_id: `F${index}`,
        name: String(name),
        value,
        confidence: random.next(),
        valid_from: '2025-12-20T09:00:00.000Z',
      })),
      episodes: Array.from({ length: random.integer(13) }, (_, number) => ({
        episode_id: `EPI${number}`,
        scenario: 'enterprise_eval',
        action_sequence: [pick(random, STEPS), pick(random, STEPS)],
        outcome_score: random.next(),
        occurrences: 1 + random.integer(4),
      })),
    },
  }));
}

export function recordedEngagementInputs(count: number): EngagementInputs[] {
  const random = createRandom('recorded engagement');
  return Array.from({ length: count }, (_, index): EngagementInputs => ({
    facts: someEngagementFacts({
      lead: {
        company_size: pick(random, SIZES),
        persona: pick(random, PERSONAS),
        preferred_channel: pick(random, [...CHANNELS, null]),
        has_phone: random.next() < 0.8,
        gdpr_consent: random.next() < 0.9,
      },
      variants: Array.from({ length: random.integer(5) }, (__, number) => {
        const trials = random.integer(80);
        return aVariant({
          variant_id: `VAR${number}`,
          channel: pick(random, CHANNELS),
          call_to_action: pick(random, ['Book Demo', 'Start Trial', 'Learn More', 'Get Audit']),
          tone: pick(random, ['Friendly', 'Urgent', 'Insightful']),
          trials,
          successes: random.integer(trials + 1),
        });
      }),
      persona_channel_rates: {
        Email: { trials: 40, successes: random.integer(40) },
        Call: { trials: 20, successes: random.integer(20) },
      },
      lead_channels: CHANNELS.slice(0, random.integer(4)).map((channel) => ({
        channel,
        sends: 2,
        positive: random.integer(3),
        negative: random.integer(3),
        unsubscribes: random.next() < 0.1 ? 1 : 0,
      })),
      long_term:
        random.next() < 0.5
          ? null
          : {
              best_contact_time: pick(random, ['09:00-11:00', '16:00-18:00', null, 'soon']),
              preferred_channels: [pick(random, CHANNELS)],
              interests: ['roi', 'security'],
              rfm_score: random.next(),
              last_updated_at: '2026-01-01T00:00:00.000Z',
            },
      short_term:
        random.next() < 0.5
          ? null
          : {
              conversation_id: 'C1',
              active_intent: pick(random, INTENTS),
              last_utterance_summary: pick(random, UTTERANCES),
              slots: { company: 'Example Ltd' },
              expires_at: '2026-01-13T00:00:00.000Z',
            },
      episodes: Array.from({ length: random.integer(13) }, (__, number) => ({
        episode_id: `EPI${number}`,
        scenario: 'enterprise_eval',
        action_sequence: [pick(random, STEPS), pick(random, STEPS)],
        outcome_score: random.next(),
      })),
      past_messages: Array.from({ length: random.integer(7) }, () => ({
        variant_id: `VAR${random.integer(5)}`,
        channel: pick(random, CHANNELS),
        sent_at: '2026-01-02T09:00:00.000Z',
        succeeded: random.next() < 0.2,
      })),
    }),
    mode: index % 3 === 0 ? 'nurture' : 'engage',
    landing_base_url: 'https://go.example.com',
    allowed_link_hosts: ['go.example.com'],
    drafted_words: null,
  }));
}

/** The same with what the second version was told: single facts, the graph, and how often an episode happened. */
export function recordedEngagementInputsWithFacts(count: number): EngagementInputs[] {
  const random = createRandom('recorded engagement with facts');
  return recordedEngagementInputs(count).map((inputs) => ({
    ...inputs,
    facts: {
      ...inputs.facts,
      known: [
        ['preferred_channel', pick(random, CHANNELS)],
        ['best_contact_hour', 10],
      ].map(([name, value], index) => ({
        fact_id: `F${index}`,
        name: String(name),
        value,
        confidence: random.next(),
        valid_from: '2025-12-20T09:00:00.000Z',
      })),
      triples: Array.from({ length: random.integer(5) }, (_, number) => ({
        triple_id: `T${number}`,
        subject: 'enterprise_eval',
        predicate: pick(random, ['works_with', 'fails_with'] as const),
        object: pick(random, STEPS),
        weight: random.next(),
        valid_from: null,
      })),
      episodes: inputs.facts.episodes.map((episode) => ({ ...episode, occurrences: 1 + random.integer(4) })),
    },
  }));
}

export function recordedOptimizationInputs(count: number): OptimizationInputs[] {
  const random = createRandom('recorded optimization');
  return Array.from({ length: count }, (): OptimizationInputs => {
    const level = 0.2 + 2 * random.next();
    return {
      facts: someOptimizationFacts({
        campaign: {
          status: pick(random, ['active', 'active', 'paused'] as const),
          optimized_at: random.next() < 0.2 ? '2026-02-01T00:00:00.000Z' : null,
        },
        daily: someDays(10 + random.integer(30), () => ({
          cost_usd: 60 + 80 * random.next(),
          revenue_usd: 400 * level * random.next(),
          clicks: 10 + random.integer(30),
        })),
        variants: Array.from({ length: random.integer(5) }, (_, number) => ({
          variant_id: `V${number}`,
          channel: 'Email',
          trials: 400,
          successes: random.integer(200),
        })),
        personas: ['CMO', 'Founder', 'Engineer'].map((persona) => ({
          persona,
          trials: 200,
          successes: random.integer(60),
        })),
        channels: [{ channel: 'Email', trials: 300, successes: random.integer(100) }],
      }),
      triggers: null,
      current_metrics: {},
      constraints: { max_budget_increase: 0.1, preserve_audience: random.next() < 0.3, min_improvement: 0.1 },
    };
  });
}
