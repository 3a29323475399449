import { HOT_ASKS, hotAsks, readAsks, type EngagementFacts, type HotAsk } from '../core/index.js';

/** What triage heard of the lead and left in the conversation's memory; it is data, and takes known words only. */
export interface Heard {
  /** What a buyer asks for. */
  readonly hot: readonly HotAsk[];
  /** The fields that the lead is to be asked for. */
  readonly askFor: readonly Question[];
}

/** The fields that a message can ask for. */
export const QUESTIONS = ['company_size', 'persona', 'industry', 'region'] as const;
export type Question = (typeof QUESTIONS)[number];

const NOTHING: Heard = { hot: [], askFor: [] };

/** What is still to be answered and asked: nothing once a message went out after it was heard. */
export function heardOf({ short_term: shortTerm, past_messages: past, lead }: EngagementFacts): Heard {
  const triage = shortTerm?.slots.triage;
  if (typeof triage !== 'object' || triage === null) return NOTHING;
  const { hot, ask_for: askFor, at } = triage as Readonly<Record<string, unknown>>;
  if (typeof at !== 'string' || past.some(({ sent_at }) => sent_at >= at)) return NOTHING;
  const among = <T extends string>(known: readonly T[], said: unknown): T[] =>
    Array.isArray(said) ? known.filter((each) => said.includes(each)) : [];
  return { hot: among(HOT_ASKS, hot), askFor: among(QUESTIONS, askFor).filter((field) => lead[field] === null) };
}

/** Whether the lead asked in its last conversation not to be written to. */
export function saidStop({ short_term: shortTerm }: EngagementFacts): boolean {
  const intent = shortTerm?.active_intent === 'unsubscribe';
  const asks = readAsks(shortTerm?.last_utterance_summary ?? '');
  return asks.includes('stop') || (intent && hotAsks(asks).length === 0);
}
