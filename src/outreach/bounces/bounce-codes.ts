/**
 * hard: the mailbox does not exist or takes nothing any more · soft: it takes nothing for now · sender, policy: the
 * other side refuses us, which says nothing about the person · content: it refuses this message.
 */
export const BOUNCE_KINDS = ['hard', 'soft', 'sender', 'policy', 'content'] as const;
export type BounceKind = (typeof BOUNCE_KINDS)[number];

interface CodeTraits {
  readonly kind: BounceKind;
  readonly means: string;
}

/** Subject and detail of enhanced status codes (RFC 3463, registry of RFC 5248); `*` for the rest of a subject. */
const CODES: Readonly<Record<string, CodeTraits>> = {
  '1.1': { kind: 'hard', means: 'there is no such mailbox' },
  '1.2': { kind: 'hard', means: 'there is no such domain' },
  '1.3': { kind: 'hard', means: 'the address is written wrong' },
  '1.6': { kind: 'hard', means: 'the mailbox has moved' },
  '1.7': { kind: 'sender', means: 'our sender address is written wrong' },
  '1.8': { kind: 'sender', means: 'our sender address is refused' },
  '1.10': { kind: 'hard', means: 'the domain takes no mail' },
  '1.*': { kind: 'soft', means: 'something is wrong with the address' },
  '2.1': { kind: 'hard', means: 'the mailbox is disabled' },
  '2.3': { kind: 'content', means: 'the message is too long for the mailbox' },
  '2.*': { kind: 'soft', means: 'the mailbox takes nothing for now' },
  '3.4': { kind: 'content', means: 'the message is too big for the system' },
  '3.*': { kind: 'soft', means: 'the mail system has a problem' },
  '4.7': { kind: 'hard', means: 'nobody took the message in its time' },
  '4.*': { kind: 'soft', means: 'the way there has a problem' },
  '5.3': { kind: 'policy', means: 'too many recipients at once' },
  '5.*': { kind: 'content', means: 'the conversation failed' },
  '6.*': { kind: 'content', means: 'the content is refused' },
  '7.*': { kind: 'policy', means: 'a policy refuses us' },
};

export interface BounceVerdict extends CodeTraits {
  /** As it stood at the head of the reply, "550 5.1.1". */
  readonly code: string;
}

const HEAD = /^\s*(?:smtp;\s*)?([245]\d\d)?[\s-]*(?:([245])\.(\d{1,3})\.(\d{1,3}))?(?!\.?\d)/i;

/**
 * What the code at the head of a reply says; undefined where there is none that says anything. Codes in the words
 * after it are quotes of others and do not count, and a 4yz reply is never more than soft unless time ran out.
 * @param reply "550 5.1.1 <ada@example.com>: user unknown", an enhanced code alone, or a `Diagnostic-Code`
 * @param isAboutSender the reply was to MAIL FROM: whatever it says, it says of us
 */
export function readBounce(reply: string, isAboutSender = false): BounceVerdict | undefined {
  const [, basic, kind, subject, detail] = HEAD.exec(reply) ?? [];
  const code = [basic, subject === undefined ? undefined : `${kind}.${subject}.${detail}`].filter(Boolean).join(' ');
  if (code === '') return undefined;
  const isFinal = (kind ?? basic?.[0]) === '5';
  if (isAboutSender && isFinal) return { code, kind: 'sender', means: 'our sender address is refused' };
  if (subject === undefined) return basic === undefined ? undefined : plainReply(basic, code);
  const traits = CODES[`${subject}.${detail}`] ?? CODES[`${subject}.*`];
  if (!traits) return undefined;
  const isExpired = subject === '4' && detail === '7';
  return { code, ...traits, ...(!isFinal && !isExpired && { kind: 'soft' as const }) };
}

/** Without an enhanced code only a full mailbox is told apart: 550 is said of recipients and of senders alike. */
function plainReply(basic: string, code: string): BounceVerdict | undefined {
  if (basic === '552' || basic.startsWith('4')) return { code, ...CODES['2.*']! };
  if (basic === '530' || basic === '535') return { code, ...CODES['7.*']! };
  return undefined;
}

/** So many soft bounces in a row, without a sign of delivery between, are as good as a hard one. */
export const SOFT_IN_A_ROW = 5;
