import type { ShortTermFacts } from '../core/index.js';

/** What a lead seems to want, in log-odds for each category. */
export interface IntentSignal {
  readonly name: string;
  readonly qualified: number;
  readonly cold: number;
  readonly inquiry: number;
  /** How much of a buyer's intent it shows, 0 to 1, for the score. */
  readonly buying: number;
}

export type Concern = 'complaint' | 'legal' | 'security' | 'procurement';

export interface IntentReading {
  readonly signals: readonly IntentSignal[];
  readonly concerns: readonly Concern[];
}

const signal = (name: string, qualified: number, cold: number, inquiry: number, buying: number): IntentSignal => ({
  name,
  qualified,
  cold,
  inquiry,
  buying,
});

/** Canonical intents: those of the data set first, then the ones that a support desk adds. */
const SIGNAL_OF_INTENT: ReadonlyMap<string, IntentSignal> = new Map(
  [
    signal('negotiate', 2.4, -1.2, -0.8, 1),
    signal('book_demo', 2.4, -1.2, -0.6, 1),
    signal('request_callback', 0.8, -0.8, 1.2, 0.75),
    signal('download_asset', -0.8, -0.4, 2.6, 0.45),
    signal('unsubscribe', -3.0, 3.5, -1.0, 0),
    signal('pricing', 1.2, -0.6, 0.6, 0.8),
    signal('start_trial', 2.2, -1.2, -0.4, 0.95),
    signal('purchase', 3.0, -1.5, -1.0, 1),
    signal('support', -1.6, -0.6, 3.2, 0.2),
    signal('question', -0.6, -0.4, 2.2, 0.35),
    signal('billing', -1.6, -0.6, 3.2, 0.2),
    signal('partnership', -0.8, -0.4, 2.4, 0.3),
    signal('job_application', -2.0, 0, 3.4, 0),
  ].map((each) => [each.name, each]),
);

/** What a canonical intent shows; undefined for a word that is none. */
export function signalOfIntent(intent: string): IntentSignal | undefined {
  return SIGNAL_OF_INTENT.get(intent);
}

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

const CONCERN_PATTERNS: readonly (readonly [Concern, RegExp])[] = [
  [
    'legal',
    /\blegal\b|\blawyer|\battorney|\blawsuit|\bsue\b|\bsubpoena|\bgdpr request|\bdata protection|\bcease and desist|\bregulator/,
  ],
  ['complaint', /\bcomplain|\brefund\b|\bunacceptable\b|\bangry\b|\bterrible\b|\bspam\b|\bscam\b|\bharass/],
  ['security', /\bsecurity\b|\bsoc ?2\b|\biso ?27001\b|\bpenetration test/],
  [
    'procurement',
    /\bprocurement\b|\brfp\b|\btender\b|\bmaster services?\b|\bmulti[- ]stakeholder|\bcustom (?:contract|terms|integration)/,
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
  const known = intent === undefined ? undefined : SIGNAL_OF_INTENT.get(intent);
  if (known) signals.push(known);

  const text = (shortTerm.last_utterance_summary ?? '').slice(0, MAX_UTTERANCE_LENGTH).toLowerCase();
  const said = text && UTTERANCE_PATTERNS.find(([pattern]) => pattern.test(text));
  if (said) signals.push(said[1]);

  const words = intent && !known ? `${intent.replaceAll('_', ' ')} ${text}` : text;
  const concerns = words
    ? CONCERN_PATTERNS.filter(([, pattern]) => pattern.test(words)).map(([concern]) => concern)
    : [];
  return { signals, concerns };
}
