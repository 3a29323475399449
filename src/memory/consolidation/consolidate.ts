import type { NewFact } from '../long-term/fact.js';
import { type ConversationContext, readConversation } from './read-conversation.js';

/** One thing that a run made or ended, with the reason and what it rests on. */
export interface ConsolidatedItem {
  readonly kind: 'fact' | 'triple' | 'triple_ended' | 'entry_removed';
  /** Whom it is about, so that erasing the person finds it. */
  readonly lead_id: string | null;
  readonly what: string;
  readonly reason: string;
  /** Ids of conversations, episodes or triples. */
  readonly provenance: readonly string[];
}

export interface ExpiredPlan {
  readonly facts: readonly NewFact[];
  /** The entries that have given what they had. */
  readonly conversation_ids: readonly string[];
  readonly items: readonly ConsolidatedItem[];
  /** Slots of which nothing was kept. */
  readonly slots_left_out: number;
}

/**
 * What is to be kept of short-term entries that have expired. A fact holds from the end of the conversation's time to
 * live, the last moment at which it stood unchallenged; its evidence is the conversation, which counts once however
 * often it is read.
 */
export function consolidateExpired(entries: readonly ConversationContext[]): ExpiredPlan {
  const facts: NewFact[] = [];
  const items: ConsolidatedItem[] = [];
  let leftOut = 0;
  for (const entry of entries) {
    const { conversation_id, lead_id, expires_at } = entry;
    const heard = readConversation(entry);
    leftOut += heard.left_out.length;
    for (const { name, value, confidence, reason } of heard.facts) {
      facts.push({
        lead_id,
        name,
        value,
        confidence,
        source: 'conversation',
        source_id: conversation_id,
        valid_from: expires_at,
      });
      items.push({
        kind: 'fact',
        lead_id,
        what: `${name} = ${JSON.stringify(value)} (${confidence})`,
        reason,
        provenance: [conversation_id],
      });
    }
    if (heard.facts.length === 0) {
      const reason = `expired on ${expires_at}; nothing in it outlasts the conversation`;
      items.push({
        kind: 'entry_removed',
        lead_id,
        what: `conversation ${conversation_id}`,
        reason,
        provenance: [conversation_id],
      });
    }
  }
  return {
    facts,
    conversation_ids: entries.map(({ conversation_id }) => conversation_id),
    items,
    slots_left_out: leftOut,
  };
}
