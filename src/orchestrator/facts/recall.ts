import type { EngagementFacts, KnownFact, ShortTermFacts } from '../../agents/core/index.js';
import type { Reader } from '../../database/index.js';
import {
  type LeadSummary,
  type Belief,
  type MemoryService,
  type ConversationContext,
  isOver,
} from '../../memory/index.js';

/** What memory holds of one lead, in the agents' words. */
export interface Recollection {
  readonly shortTerm: ShortTermFacts | null;
  readonly longTerm: EngagementFacts['long_term'];
  readonly known: readonly KnownFact[];
}

const NOTHING: Recollection = { shortTerm: null, longTerm: null, known: [] };

/**
 * What memory holds of leads, in three queries for up to 500.
 * @param at the moment that facts are looked at, and times to live are held against
 * @param now the moment that facts have to hold at
 * @param held the short-term entries at `at`, from who has read them
 */
export async function recall(
  memory: MemoryService,
  reader: Reader,
  leadIds: readonly string[],
  { at, now }: { at: string; now: string },
  held?: readonly ConversationContext[],
): Promise<(leadId: string) => Recollection> {
  const short_term = held ?? (await memory.shortTermOf(reader, leadIds, at));
  const long_term = await memory.summariesOf(reader, leadIds);
  const shortTerm = new Map<string, ShortTermFacts>();
  for (const entry of short_term) {
    // of several conversations the one that lasts longest
    if (isOver(entry, { at, now }) || (shortTerm.get(entry.lead_id)?.expires_at ?? '') >= entry.expires_at) continue;
    const { conversation_id, active_intent, last_utterance_summary, slots_json: slots, expires_at } = entry;
    shortTerm.set(entry.lead_id, { conversation_id, active_intent, last_utterance_summary, slots, expires_at });
  }
  const longTerm = new Map(long_term.map((row) => [row.lead_id, longTermFacts(row)]));
  const known = new Map<string, KnownFact[]>();
  for (const fact of await memory.factsOf(reader, leadIds, now, long_term)) {
    const facts = known.get(fact.lead_id);
    if (facts) facts.push(knownFact(fact));
    else known.set(fact.lead_id, [knownFact(fact)]);
  }
  return (leadId) => ({
    shortTerm: shortTerm.get(leadId) ?? NOTHING.shortTerm,
    longTerm: longTerm.get(leadId) ?? NOTHING.longTerm,
    known: known.get(leadId) ?? NOTHING.known,
  });
}

function longTermFacts({
  preferences_json: preferences,
  rfm_score,
  last_updated_at,
}: LeadSummary): NonNullable<EngagementFacts['long_term']> {
  return {
    best_contact_time: typeof preferences.best_contact_time === 'string' ? preferences.best_contact_time : null,
    preferred_channels: texts(preferences.preferred_channels),
    interests: texts(preferences.interests),
    rfm_score,
    last_updated_at,
  };
}

function knownFact({ fact_id, name, value_json: value, confidence, valid_from }: Belief): KnownFact {
  return { fact_id, name, value, confidence: Math.round(confidence * 1e4) / 1e4, valid_from };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
