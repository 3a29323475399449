/** What a conversation was about, as short-term memory held it. */
export interface ConversationContext {
  readonly conversation_id: string;
  readonly lead_id: string;
  readonly last_utterance_summary: string;
  readonly active_intent: string;
  readonly slots_json: Readonly<Record<string, unknown>>;
  readonly expires_at: string;
}

/**
 * What the conversation says of the lead for good. The name and the shape of the value are ours; its words may be the
 * lead's.
 */
export interface HeardFact {
  readonly name: string;
  readonly value: string | number | boolean | readonly string[];
  /** 0 to 1. */
  readonly confidence: number;
  readonly reason: string;
}

interface SlotRule {
  readonly name: string;
  readonly confidence: number;
  readonly kind: 'text' | 'number' | 'flag' | 'texts';
}

/**
 * Slots that become facts. A slot was extracted from what the lead said, so it is believed more than a reading of the
 * summary, and a figure about the firm more than a plan. Slots that are not named here are left out: a conversation
 * cannot invent names of facts.
 */
const SLOT_RULES: Readonly<Record<string, SlotRule>> = {
  company: { name: 'company', confidence: 0.8, kind: 'text' },
  employees: { name: 'employees', confidence: 0.8, kind: 'number' },
  tooling: { name: 'tooling', confidence: 0.8, kind: 'texts' },
  role: { name: 'role', confidence: 0.8, kind: 'text' },
  is_decision_maker: { name: 'is_decision_maker', confidence: 0.7, kind: 'flag' },
  timeline: { name: 'timeline', confidence: 0.7, kind: 'text' },
  budget: { name: 'budget', confidence: 0.7, kind: 'text' },
  budget_usd: { name: 'budget_usd', confidence: 0.7, kind: 'number' },
  product: { name: 'product', confidence: 0.7, kind: 'text' },
  team_size: { name: 'team_size', confidence: 0.7, kind: 'number' },
  competitor: { name: 'competitor', confidence: 0.6, kind: 'text' },
};
/** Slots that hold topics, and those in which Herald's agents keep notes of their own. */
const TOPIC_SLOTS: ReadonlySet<string> = new Set(['topic', 'topics', 'interest', 'interests']);
const OWN_SLOTS: ReadonlySet<string> = new Set(['triage', 'outreach', 'reply']);

/** Intents that say something of the lead after the conversation; `unknown` does not. */
const INTENTS: ReadonlySet<string> = new Set([
  'negotiate',
  'book_demo',
  'request_callback',
  'download_asset',
  'unsubscribe',
  'pricing',
  'start_trial',
  'purchase',
  'support',
  'question',
  'billing',
  'partnership',
  'job_application',
]);
const INTENT_CONFIDENCE = 0.6;

/** Words of a summary that name a topic, in the data set's terms. */
const TOPIC_WORDS: readonly (readonly [topic: string, words: RegExp])[] = [
  ['pricing', /\bpric(?:e|es|ing)\b|\bquotes?\b|\bdiscounts?\b/],
  ['roi', /\broi\b|\breturn on investment\b|\bpayback\b/],
  ['security', /\bsecurity\b|\bsoc ?2\b|\biso ?27001\b/],
  ['integration', /\bintegrat\w+|\bapi\b|\bconnectors?\b/],
  ['case_studies', /\bcase stud(?:y|ies)\b|\breferences?\b/],
  ['roadmap', /\broad ?map\b/],
];
const TOPICS: ReadonlySet<string> = new Set(TOPIC_WORDS.map(([topic]) => topic));
const SLOT_TOPIC_CONFIDENCE = 0.7;
const SAID_TOPIC_CONFIDENCE = 0.5;
const TIMELINE_WORDS = /\b(?:this|next) (?:week|month|quarter|year)\b|\bq[1-4]\b(?: 20\d\d)?/i;
const SAID_TIMELINE_CONFIDENCE = 0.5;

const LONGEST_TEXT = 200;
const MOST_TEXTS = 10;

export interface HeardFacts {
  readonly facts: readonly HeardFact[];
  /** Names of slots of which nothing was kept. */
  readonly left_out: readonly string[];
}

/**
 * Reads a conversation as facts about the lead. A slot wins over the summary; an interest heard in both is one fact.
 */
export function readConversation({
  active_intent,
  slots_json,
  last_utterance_summary,
}: ConversationContext): HeardFacts {
  const facts: HeardFact[] = [];
  const leftOut: string[] = [];
  const intent = active_intent.toLowerCase();
  if (INTENTS.has(intent)) {
    facts.push({
      name: 'intent',
      value: intent,
      confidence: INTENT_CONFIDENCE,
      reason: 'the intent that the conversation ended with',
    });
  }
  const topics = new Map<string, { confidence: number; reason: string }>();
  for (const [slot, value] of Object.entries(slots_json)) {
    if (OWN_SLOTS.has(slot)) continue;
    const rule = Object.hasOwn(SLOT_RULES, slot) ? SLOT_RULES[slot] : undefined;
    const kept = rule && readValue(rule.kind, value);
    const named = TOPIC_SLOTS.has(slot) ? topicsIn(value) : [];
    if (rule && kept !== undefined)
      facts.push({
        name: rule.name,
        value: kept,
        confidence: rule.confidence,
        reason: `the slot "${slot}" of the conversation`,
      });
    for (const topic of named)
      topics.set(topic, { confidence: SLOT_TOPIC_CONFIDENCE, reason: `the slot "${slot}" of the conversation` });
    if (kept === undefined && named.length === 0) leftOut.push(cleaned(slot));
  }
  const said = last_utterance_summary.slice(0, 500).toLowerCase();
  for (const [topic, words] of TOPIC_WORDS) {
    if (!topics.has(topic) && words.test(said))
      topics.set(topic, { confidence: SAID_TOPIC_CONFIDENCE, reason: 'the last words of the conversation' });
  }
  for (const [topic, about] of topics) facts.push({ name: 'interest', value: topic, ...about });
  const timeline = TIMELINE_WORDS.exec(said)?.[0];
  if (timeline !== undefined && !facts.some(({ name }) => name === 'timeline')) {
    facts.push({
      name: 'timeline',
      value: timeline,
      confidence: SAID_TIMELINE_CONFIDENCE,
      reason: 'the last words of the conversation',
    });
  }
  return { facts, left_out: leftOut };
}

function topicsIn(value: unknown): string[] {
  const texts = Array.isArray(value) ? value : [value];
  return texts
    .flatMap((each) =>
      typeof each === 'string'
        ? each
            .toLowerCase()
            .trim()
            .replaceAll(/[\s-]+/g, '_')
        : [],
    )
    .filter((topic) => TOPICS.has(topic));
}

/** The value as its kind has it; undefined if it is none. */
function readValue(kind: SlotRule['kind'], value: unknown): HeardFact['value'] | undefined {
  switch (kind) {
    case 'text':
      return typeof value === 'string' ? cleaned(value) || undefined : undefined;
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
    case 'flag':
      return typeof value === 'boolean' ? value : undefined;
    case 'texts': {
      if (!Array.isArray(value)) return undefined;
      const texts = value.flatMap((each) => (typeof each === 'string' ? cleaned(each) || [] : [])).slice(0, MOST_TEXTS);
      return texts.length > 0 ? texts : undefined;
    }
  }
}

/** Text as data: one line, no control or direction characters, not long. */
function cleaned(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_TEXT)
    .trim();
}
