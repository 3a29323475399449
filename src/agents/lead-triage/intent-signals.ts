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

export const signal = (
  name: string,
  qualified: number,
  cold: number,
  inquiry: number,
  buying: number,
): IntentSignal => ({ name, qualified, cold, inquiry, buying });

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

/** What in the words has to be answered by a person, or with care. */
export function concernsIn(words: string): Concern[] {
  return CONCERN_PATTERNS.filter(([, pattern]) => pattern.test(words)).map(([concern]) => concern);
}
