import type { Words } from './check-words.js';

export type ClaimProblem = 'unheld_claim' | 'pressure';

/** Scarcity and urgency: nothing that Herald knows could hold it, whoever wrote it. */
const PRESSURE = new RegExp(
  [
    'nearly gone|almost gone|running out|sell(?:s|ing)? out|last chance|final (?:call|hours|days|notice)',
    'only \\d+ (?:\\p{L}+ )?(?:left|places|seats|spots|remaining)|(?:places|seats|spots) (?:are )?(?:limited|left|going)',
    "hurry|act (?:now|fast|today)|limited[- ]time|while (?:stocks|supplies) last|before it(?:’|')?s too late",
    '(?:ends|expires|closes) (?:today|tonight|tomorrow|soon|at midnight)|today only|now or never',
    "don(?:’|')?t miss|do not miss|urgent(?:ly)?:|offer (?:ends|expires)",
    'nur noch|letzte (?:chance|plätze)|endet (?:heute|morgen)|nur heute',
    'dernière chance|dernières places|offre limitée|plus que \\d+',
    'última (?:oportunidad|chance|oportunidade|vagas)|últimas (?:plazas|vagas)|solo hoy|só hoje',
    'ultima occasione|ultimi posti|solo oggi',
    'laatste kans|laatste plaatsen|alleen vandaag',
  ].join('|'),
  'iu',
);

/** What is said of the reader's past, of other customers, or of results. */
const CLAIMS: readonly RegExp[] = [
  /\byou(?:'ve|’ve| have| had)? (?:recently |just |once )?(?:asked|requested|mentioned|told|said|wrote|downloaded|visited|signed up)\b/iu,
  /\b(?:as (?:discussed|agreed|promised)|following up on (?:our|your)|our (?:last|recent) (?:call|conversation|meeting)|thank you for your (?:interest|message|call))\b/iu,
  /\b(?:customers?|clients?|teams?|companies|people|others|users)(?: \p{L}+){0,4} (?:tell|told|say|said|saved?|report(?:ed)?|achieved?|doubled|trust|love|prefer)\b/iu,
  /\b(?:we|our) (?:\p{L}+ )?(?:saved?|helped|increased|doubled|tripled|cut|reduced|boosted)\b/iu,
  /\b(?:guaranteed?|proven|award[- ]winning|trusted by|market leader|number one|best in class|risk[- ]free|100 ?%)\b|#1\b/iu,
  /\d+(?:[.,]\d+)? ?(?:%|percent|per cent|x\b|times\b)|[$€£] ?\d|\d ?(?:USD|EUR|GBP)\b/iu,
];

/** What facts hold, so that words may say it. */
export interface Held {
  /** Words of the campaign's marketer: what they claim, a person answers for. */
  readonly marketers: readonly string[];
  /** What the lead asked for, in the sentence that says so. */
  readonly said: readonly string[];
}

/** Whether a text puts its reader under pressure. */
export function checkPressure(text: string): boolean {
  return PRESSURE.test(text);
}

/**
 * Whether words say what no fact holds: of what the reader did, of others, of results, of scarcity. What is held is
 * taken out first, except that nobody's word holds scarcity.
 * @returns the problems found; none means fit to send
 */
export function checkClaims({ subject, body }: Words, { marketers, said }: Held): ClaimProblem[] {
  const text = `${subject ?? ''}\n${body}`;
  const rest = [...marketers, ...said]
    .filter((held) => held !== '')
    .sort((first, second) => second.length - first.length)
    .reduce((left, held) => left.replaceAll(held, ' '), text);
  return [
    ...(CLAIMS.some((claim) => claim.test(rest)) ? (['unheld_claim'] as const) : []),
    ...(checkPressure(text) ? (['pressure'] as const) : []),
  ];
}
