export interface Signal {
  readonly type: string;
  /** When it happened, and when the message was sent. */
  readonly at: string;
  readonly sentAt: string | null;
  readonly userAgent: string | null;
}

export interface SignalClass {
  /** That a person did it, 0 to 1. */
  readonly human_probability: number;
  readonly reason: string;
}

/** Signals that a mail scanner or a proxy can make without a person. */
const MACHINE_MADE = new Set(['opened', 'clicked']);
const SCANNER =
  /bot|crawl|spider|scan|proofpoint|mimecast|barracuda|safelinks|fireeye|trendmicro|python-requests|curl|wget|headless/i;
const IMAGE_PROXY = /googleimageproxy|yahoomailproxy|mail privacy|cfnetwork/i;
const SCANNER_SECONDS = 5;

/**
 * Whether a person or a machine opened or clicked. Rules by hand, kept apart from the event itself, which is stored
 * whatever they say. The first rule that fits decides.
 */
export function classifySignal({ type, at, sentAt, userAgent }: Signal): SignalClass {
  if (!MACHINE_MADE.has(type)) return { human_probability: 1, reason: 'only a person does this' };
  if (userAgent && SCANNER.test(userAgent)) return { human_probability: 0.02, reason: 'the user agent is a scanner' };
  const seconds = sentAt === null ? null : (Date.parse(at) - Date.parse(sentAt)) / 1000;
  if (seconds !== null && seconds < SCANNER_SECONDS) {
    return { human_probability: 0.1, reason: `within ${SCANNER_SECONDS} s of sending, as mail scanners do` };
  }
  if (type === 'opened' && userAgent && IMAGE_PROXY.test(userAgent)) {
    return { human_probability: 0.4, reason: 'an image proxy that loads pictures unasked' };
  }
  return type === 'clicked'
    ? { human_probability: 0.9, reason: 'no sign of a machine' }
    : { human_probability: 0.75, reason: 'no sign of a machine, though pictures can load unasked' };
}
