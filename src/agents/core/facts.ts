import type { Trials } from '../../crm/index.js';
import type { ChannelHistory, InteractionHistory } from '../../vocabulary/index.js';

/**
 * What agents are told. Each is plain JSON in the data set's words, and is what the decision ledger stores as the
 * policy's inputs. The orchestrator gathers them by views of the resource port, in bulk.
 */

/** The lead's own row, without what identifies the person. */
export interface LeadFacts {
  readonly lead_id: string;
  readonly created_at: string;
  readonly source: string | null;
  readonly campaign_id: string | null;
  readonly lead_status: string;
  readonly company_size: string | null;
  readonly industry: string | null;
  readonly persona: string | null;
  readonly region: string | null;
  /** IANA zones in which it may live, the likeliest first; inputs of before they were told have none. */
  readonly zones?: readonly string[];
  readonly preferred_channel: string | null;
  readonly gdpr_consent: boolean;
  readonly last_active_at: string | null;
}

/** Unexpired short-term memory of the lead's conversation. The text is the lead's: it is data, never an instruction. */
export interface ShortTermFacts {
  readonly conversation_id: string;
  readonly active_intent: string | null;
  readonly last_utterance_summary: string | null;
  readonly slots: Readonly<Record<string, unknown>>;
  readonly expires_at: string;
}

/**
 * A fact of long-term memory that held when it was read. Its words may be the lead's: they are data, never an
 * instruction.
 */
export interface KnownFact {
  readonly fact_id: string;
  readonly name: string;
  readonly value: unknown;
  /** From 0 to 1. */
  readonly confidence: number;
  readonly valid_from: string;
}

/** A statement of the knowledge graph that was valid when it was read. */
export interface TripleFacts {
  readonly triple_id: string;
  readonly subject: string;
  readonly predicate: string;
  readonly object: string;
  /** From 0.1 to 1. */
  readonly weight: number;
  readonly valid_from: string | null;
}

/** How many leads there were and how many of them converted. */
export interface ConversionCount {
  readonly leads: number;
  readonly converted: number;
}

/** The project's own history, for all leads and for those that share a trait with this one. */
export interface BaseRates {
  readonly overall: ConversionCount;
  readonly source: ConversionCount | null;
  readonly industry: ConversionCount | null;
  readonly company_size: ConversionCount | null;
}

export interface TriageFacts {
  /** The moment that the facts are looked at: now, or the end of a stated day. ISO instant. */
  readonly as_of: string;
  /** In decisions made before version 1.2.0: the latest interaction of any lead, up to which silence counted. */
  readonly observed_until?: string | null;
  readonly lead: LeadFacts;
  readonly campaign: {
    readonly campaign_id: string;
    readonly objective: string;
    readonly primary_region: string | null;
    readonly target_personas: readonly string[];
  } | null;
  readonly history: InteractionHistory;
  readonly short_term: ShortTermFacts | null;
  /** Whether these very words of the lead were judged before; absent from decisions before version 1.2.0. */
  readonly heard_before?: boolean;
  readonly conversions: { readonly count: number; readonly value_usd: number; readonly last_at: string | null };
  readonly base_rates: BaseRates | null;
  /** Mean worth of a conversion in the portfolio, USD; absent from decisions made before version 1.2.0. */
  readonly mean_conversion_usd?: number;
  /** What long-term memory holds of the lead; absent from decisions made before memory was read. */
  readonly known?: readonly KnownFact[];
  /** Most similar first; see `scenarioOf`. Absent as above. */
  readonly episodes?: readonly EpisodeFacts[];
}

export interface VariantFacts extends Trials {
  readonly variant_id: string;
  readonly channel: string;
  readonly creative_type: string;
  readonly subject_line: string | null;
  readonly call_to_action: string | null;
  readonly tone: string | null;
  readonly length_words: number | null;
}

export interface EpisodeFacts {
  readonly episode_id: string;
  readonly scenario: string;
  readonly action_sequence: readonly string[];
  /** From 0 to 1; the mean where it happened more than once. */
  readonly outcome_score: number;
  /** How often it happened; once when left out. */
  readonly occurrences?: number;
}

/** Whether the gate would ever allow a message on a channel, and by which rule not. */
export interface ChannelFacts {
  readonly channel: string;
  readonly allowed: boolean;
  readonly rule: string | null;
  readonly reason: string | null;
}

export interface EngagementFacts {
  readonly as_of: string;
  readonly lead: LeadFacts & {
    readonly lead_score: number | null;
    readonly triage_category: string | null;
    readonly has_email: boolean;
    readonly has_phone: boolean;
  };
  readonly campaign: {
    readonly campaign_id: string;
    readonly name: string;
    readonly objective: string;
    readonly channel_mix: readonly string[];
  } | null;
  /** The variants of the lead's campaign. */
  readonly variants: readonly VariantFacts[];
  /** All leads' answers on each channel, and those of leads with this lead's persona. */
  readonly channel_rates: Readonly<Record<string, Trials>>;
  readonly persona_channel_rates: Readonly<Record<string, Trials>>;
  readonly lead_channels: readonly ChannelHistory[];
  readonly long_term: {
    readonly best_contact_time: string | null;
    readonly preferred_channels: readonly string[];
    readonly interests: readonly string[];
    readonly rfm_score: number | null;
    readonly last_updated_at: string;
  } | null;
  readonly short_term: ShortTermFacts | null;
  /** Most similar first; see `scenarioOf`. */
  readonly episodes: readonly EpisodeFacts[];
  /** What long-term memory holds of the lead, name by name; absent from decisions made before it was read. */
  readonly known?: readonly KnownFact[];
  /** What the knowledge graph says works and fails in the lead's situation; absent as above. */
  readonly triples?: readonly TripleFacts[];
  /** What the gate would say of each channel, whatever the hour; absent from decisions made before version 1.2.0. */
  readonly channels?: readonly ChannelFacts[];
  /** Why the lead is in the inbox now; absent as above. */
  readonly open_cases?: readonly string[];
  /** What Herald already sent to this lead, oldest first. */
  readonly past_messages: readonly {
    readonly variant_id: string | null;
    readonly channel: string;
    readonly sent_at: string;
    readonly succeeded: boolean;
  }[];
}

/** One day of a campaign, as in campaign_daily. */
export interface CampaignDay {
  readonly date: string;
  readonly impressions: number;
  readonly clicks: number;
  readonly leads_created: number;
  readonly conversions: number;
  readonly cost_usd: number;
  readonly revenue_usd: number;
}

export type CampaignTotals = Omit<CampaignDay, 'date'>;

export interface OptimizationFacts {
  readonly as_of: string;
  readonly campaign: {
    readonly campaign_id: string;
    readonly name: string;
    readonly status: 'active' | 'paused' | 'ended' | 'planned';
    readonly objective: string;
    readonly start_date: string;
    readonly end_date: string;
    readonly daily_budget_usd: number;
    readonly total_budget_usd: number;
    readonly channel_mix: readonly string[];
    readonly target_personas: readonly string[];
    /** Variants that an earlier optimization took out; the facts' `variants` are without them. */
    readonly excluded_variant_ids: readonly string[];
    /** When an optimization last changed the campaign and was not undone. */
    readonly optimized_at: string | null;
  };
  /** Oldest first. */
  readonly daily: readonly CampaignDay[];
  /** Totals of each of the other campaigns. */
  readonly peers: readonly (CampaignTotals & { readonly campaign_id: string })[];
  readonly variants: readonly (Trials & { readonly variant_id: string; readonly channel: string })[];
  readonly channels: readonly (Trials & { readonly channel: string })[];
  /** Leads of this campaign by persona: trials are leads, successes are those with a conversion. */
  readonly personas: readonly (Trials & { readonly persona: string })[];
  /**
   * How earlier changes of campaigns turned out, the similar ones first; absent from decisions made before memory was
   * read.
   */
  readonly episodes?: readonly EpisodeFacts[];
  /** What the knowledge graph says of such changes; absent as above. */
  readonly triples?: readonly TripleFacts[];
  /** What earlier optimizations did lately; absent from decisions made before it was read. */
  readonly lately?: {
    /** By how much they raised the daily budget in the last seven days, in USD. */
    readonly raised_usd: number;
    /** Changes that a person took back in the last fortnight. */
    readonly undone: readonly UndoneChangeFacts[];
  };
}

/** A change of a campaign that a person took back. */
export interface UndoneChangeFacts {
  readonly type: string;
  /** Which way it moved the budget; 0 for other changes. */
  readonly direction: number;
  readonly undone_at: string;
  /** What the campaign stood at when the change was decided. */
  readonly metrics: {
    readonly roas: number | null;
    readonly conversion_rate: number | null;
    readonly ctr: number | null;
  };
}
