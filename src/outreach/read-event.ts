import { type BounceKind, type BounceVerdict, SOFT_IN_A_ROW, readBounce } from './bounces/bounce-codes.js';
import type { MessageEventRequest } from './messages.dto.js';
import { type MailHeaders, type MessageEventType, asksToStop, autoReplyReason } from '../vocabulary/index.js';

/** Why a message came back. */
export interface Bounce {
  readonly kind: BounceKind;
  /** The code that says so, where one was told. */
  readonly code: string | null;
  readonly means: string;
}

/** What was reported, read: a reply can be a machine's, or a word that ends everything. */
export interface ReadEvent {
  readonly type: MessageEventType;
  /** Why it is taken for something else than was reported. */
  readonly because: string | null;
  readonly text: string | null;
  readonly bounce: Bounce | null;
}

/** Where providers put what the mail server said. */
const SERVER_SAID = ['diagnostic', 'diagnostic_code', 'response', 'enhanced_code', 'status', 'code'];

/** Reads what a recipient or a provider is reported to have done. */
export function readEvent({
  type,
  text,
  headers,
  metadata = {},
  diagnostic,
  bounce_type,
}: MessageEventRequest): ReadEvent {
  const said = firstText(text, metadata.text, metadata.body);
  const read = { type, because: null, text: said, bounce: null };
  if (type === 'bounced') {
    const verdict = verdictOn([diagnostic, ...SERVER_SAID.map((name) => metadata[name])]);
    return {
      ...read,
      bounce: verdict ?? { kind: bounce_type === 'soft' ? 'soft' : 'hard', code: null, means: 'as told' },
    };
  }
  if (type !== 'replied') return read;
  const automatic = autoReplyReason(headers ?? objectOr(metadata.headers), said ?? '');
  if (automatic !== null) return { ...read, type: 'auto_replied', because: automatic };
  if (said !== null && asksToStop(said)) return { ...read, type: 'unsubscribed', because: 'the lead wrote to stop' };
  return read;
}

/** A bounce that was kept, read anew by the table of codes as it is now. */
export function rereadBounce(messageId: string, kept: Readonly<Record<string, unknown>>): ReadEvent {
  const { diagnostic, reported, told_bounce_type } = kept;
  return readEvent({
    message_id: messageId,
    type: 'bounced',
    metadata: objectOr(reported),
    ...(typeof diagnostic === 'string' && { diagnostic }),
    ...(typeof told_bounce_type === 'string' && { bounce_type: told_bounce_type }),
  });
}

/** A soft bounce that is one too many. */
export function climbed(bounce: Bounce, softBefore: number): Bounce {
  if (bounce.kind !== 'soft' || softBefore + 1 < SOFT_IN_A_ROW) return bounce;
  return { ...bounce, kind: 'hard', means: `${SOFT_IN_A_ROW} soft bounces in a row: ${bounce.means}` };
}

function verdictOn(texts: readonly unknown[]): BounceVerdict | undefined {
  for (const text of texts) {
    const verdict = typeof text === 'string' ? readBounce(text) : undefined;
    if (verdict) return verdict;
  }
  return undefined;
}

function firstText(...texts: readonly unknown[]): string | null {
  return (texts.find((text) => typeof text === 'string') as string | undefined) ?? null;
}

function objectOr(value: unknown): MailHeaders {
  return typeof value === 'object' && value !== null ? (value as MailHeaders) : {};
}
