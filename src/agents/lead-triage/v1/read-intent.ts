import type { ShortTermFacts } from '../../core/index.js';
import { concernsIn, type IntentReading, type IntentSignal, signal, signalOfIntent } from '../intent-signals.js';

/** What the summary of the last utterance says, tried in this order; each pattern reads plain words of either side. */
const UTTERANCE_PATTERNS: readonly (readonly [RegExp, IntentSignal])[] = [
  [
    /\bunsubscrib|\bstop (?:emailing|sending|contacting)|\bremove me\b|\bopt(?:ed)?[- ]out/,
    signal('said_unsubscribe', -2.0, 2.8, -0.8, 0),
  ],
  [/\bdemo\b/, signal('said_demo', 1.6, -0.8, -0.3, 0.95)],
  [/\bpric(?:e|es|ing)\b|\bquote\b|\bbudget\b/, signal('said_pricing', 0.9, -0.6, 0.8, 0.8)],
  [/\btimeline\b|\brollout\b|\bthis quarter\b|\bq[1-4]\b/, signal('said_timeline', 1.3, -0.6, -0.2, 0.85)],
  [/\bcase stud/, signal('said_case_studies', -0.3, -0.4, 1.6, 0.5)],
  [/\bsecurity\b|\bsoc ?2\b|\biso ?27001\b|\bpenetration test/, signal('said_security', 0, -0.5, 1.6, 0.55)],
  [
    /\bsupport\b|\bticket\b|\bbug\b|\bbroken\b|\bhow (?:do|can) i\b|\binvoice\b|\bbilling\b|\bpassword\b/,
    signal('said_support', -1.2, -0.5, 2.4, 0.2),
  ],
  [
    /\bnot interested\b|\bno budget\b|\bwrong person\b|\balready (?:use|have|chose)/,
    signal('said_no', -1.5, 2.0, -0.3, 0.05),
  ],
];

/** Longer text adds nothing to a summary and would only give a hostile one room. */
const MAX_UTTERANCE_LENGTH = 500;

const NOTHING: IntentReading = { signals: [], concerns: [] };

/**
 * Reads short-term memory as evidence. The words are the lead's own: they can raise or lower evidence and send the
 * case to a person, and nothing else.
 */
export function readIntent(shortTerm: ShortTermFacts | null): IntentReading {
  if (!shortTerm) return NOTHING;
  const signals: IntentSignal[] = [];
  const intent = shortTerm.active_intent?.toLowerCase();
  const known = intent === undefined ? undefined : signalOfIntent(intent);
  if (known) signals.push(known);

  const text = (shortTerm.last_utterance_summary ?? '').slice(0, MAX_UTTERANCE_LENGTH).toLowerCase();
  const said = text && UTTERANCE_PATTERNS.find(([pattern]) => pattern.test(text));
  if (said) signals.push(said[1]);

  const words = intent && !known ? `${intent.replaceAll('_', ' ')} ${text}` : text;
  const concerns = words ? concernsIn(words) : [];
  return { signals, concerns };
}
