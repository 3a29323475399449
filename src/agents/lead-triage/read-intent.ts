import { type Ask, hotAsks, type HotAsk, readAsks, type ShortTermFacts, wantsSupport } from '../core/index.js';
import { concernsIn, type IntentReading, type IntentSignal, signal, signalOfIntent } from './intent-signals.js';

/** What the lead wants, and who has to answer it. */
export interface Reading extends IntentReading {
  /** What a buyer asks for; a person answers it within minutes. */
  readonly hot: readonly HotAsk[];
  /** It asks for help with what it has, and for nothing else. */
  readonly wantsSupport: boolean;
  /** The lead said something, so that there is something to answer. */
  readonly hasSpoken: boolean;
}

/** What the words show, in log-odds; of several the first that they ask for counts. */
const SIGNAL_OF_ASK: Readonly<Record<Ask, IntentSignal>> = {
  stop: signal('said_unsubscribe', -2.0, 2.8, -0.8, 0),
  decline: signal('said_no', -1.5, 2.0, -0.3, 0.05),
  buy: signal('said_buy', 3.0, -1.5, -1.0, 1),
  demo: signal('said_demo', 1.6, -0.8, -0.3, 0.95),
  call: signal('said_call', 1.2, -0.8, 0.4, 0.85),
  price: signal('said_pricing', 0.9, -0.6, 0.8, 0.8),
  support: signal('said_support', -1.2, -0.5, 2.4, 0.2),
};

/** What else the words may be about, after what a buyer asks for and before help. */
const TOPICS: readonly (readonly [RegExp, IntentSignal])[] = [
  [/\btimeline\b|\brollout\b|\bthis quarter\b|\bq[1-4]\b/, signal('said_timeline', 1.3, -0.6, -0.2, 0.85)],
  [/\bcase stud/, signal('said_case_studies', -0.3, -0.4, 1.6, 0.5)],
  [/\bsecurity\b|\bsoc ?2\b|\biso ?27001\b|\bpenetration test/, signal('said_security', 0, -0.5, 1.6, 0.55)],
];

/** Canonical intents that say the same as words would. */
const ASK_OF_INTENT: ReadonlyMap<string, Ask> = new Map([
  ['unsubscribe', 'stop'],
  ['purchase', 'buy'],
  ['book_demo', 'demo'],
  ['request_callback', 'call'],
  ['negotiate', 'price'],
  ['pricing', 'price'],
  ['support', 'support'],
  ['billing', 'support'],
]);

const MAX_UTTERANCE_LENGTH = 2_000;

const NOTHING: Reading = { signals: [], concerns: [], hot: [], wantsSupport: false, hasSpoken: false };

/**
 * Reads short-term memory as evidence. The words are the lead's own: they can raise or lower evidence and say who
 * answers, and nothing else.
 */
export function readIntent(shortTerm: ShortTermFacts | null): Reading {
  if (!shortTerm) return NOTHING;
  const signals: IntentSignal[] = [];
  const intent = shortTerm.active_intent?.toLowerCase();
  const known = intent === undefined ? undefined : signalOfIntent(intent);
  if (known) signals.push(known);

  const text = (shortTerm.last_utterance_summary ?? '').slice(0, MAX_UTTERANCE_LENGTH).toLowerCase();
  const said = readAsks(text);
  const words = said.filter((ask) => ask !== 'support').map((ask) => SIGNAL_OF_ASK[ask]);
  const topic = TOPICS.find(([pattern]) => pattern.test(text))?.[1];
  const help = said.includes('support') ? SIGNAL_OF_ASK.support : undefined;
  const first = words[0] ?? topic ?? help;
  if (first) signals.push(first);

  const asked = intent === undefined ? undefined : ASK_OF_INTENT.get(intent);
  const asks = asked === undefined || said.includes(asked) ? said : [...said, asked];
  const concerns = concernsIn(intent && !known ? `${intent.replaceAll('_', ' ')} ${text}` : text);
  return {
    signals,
    concerns,
    hot: hotAsks(asks),
    wantsSupport: wantsSupport(asks),
    hasSpoken: text.trim() !== '' || known !== undefined,
  };
}
