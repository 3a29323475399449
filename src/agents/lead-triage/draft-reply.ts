import type { HotAsk } from '../core/index.js';
import { inWords } from './in-words.js';

/** A reply that a person can send as it stands, or change. */
export interface DraftReply {
  readonly subject: string;
  readonly body: string;
}

/** What is said to each ask; it promises nothing that the person who sends it cannot keep. */
const ANSWER: Readonly<Record<HotAsk, string>> = {
  buy: 'I would like to send you the contract: who signs it on your side, and is anything else needed before that?',
  demo: 'I would like to show it to you: which day and time suit you, and who will join?',
  call: 'I would like to call you: which number and which time suit you?',
  price: 'For an offer that fits: how many people would use it, and from when?',
};

/** The draft of a reply to what a buyer asks for; null where it asks for nothing. */
export function draftReply(asks: readonly HotAsk[]): DraftReply | null {
  if (asks.length === 0) return null;
  const asked = inWords(asks);
  return {
    subject: `You asked for ${asked}`,
    body: `Hello,\n\nthank you for your message. You asked for ${asked}.\n\n${asks.map((ask) => ANSWER[ask]).join('\n')}\n\nKind regards`,
  };
}
