import { CHANNEL, CHANNELS, type Channel } from './channels.js';

/**
 * Who or what an event of a lead's history is of:
 * send: ours, we wrote or called · provider: what wires and mailboxes report, no act of the lead towards us ·
 * signal: the lead did something without a word (mail scanners do too) · answer: a person said something ·
 * word: the lead opted out or in.
 */
export type EventKind = 'send' | 'provider' | 'signal' | 'answer' | 'word';

/** Words that belong to no channel alone; those of the channels are in their own table. */
const PLAIN: Readonly<Record<string, EventKind>> = {
  site_visit: 'signal',
  open: 'signal',
  click: 'signal',
  reply: 'answer',
  opt_in: 'word',
  unsubscribe: 'word',
  delivered: 'provider',
  bounce: 'provider',
  complaint: 'provider',
  auto_reply: 'provider',
};

const KIND_ON_CHANNEL = { sent: 'send', opened: 'signal', clicked: 'signal', replied: 'answer' } as const;

const KIND: ReadonlyMap<string, EventKind> = new Map([
  ...CHANNELS.flatMap((channel) =>
    Object.entries(CHANNEL[channel].events).map(
      ([what, word]) => [word, KIND_ON_CHANNEL[what as keyof typeof KIND_ON_CHANNEL]] as const,
    ),
  ),
  ...Object.entries(PLAIN),
]);

/** What an event is; a word that nobody knows is taken for a sign of life, as it came from a lead's history. */
export function kindOfEvent(eventType: string): EventKind {
  return KIND.get(eventType) ?? 'signal';
}

/** The words of one or several kinds, channel by channel. */
function eventsOfKind(...kinds: readonly EventKind[]): readonly string[] {
  return [...KIND].flatMap(([word, kind]) => (kinds.includes(kind) ? [word] : []));
}

/** What wires and recipients report of a message that was sent. */
export const MESSAGE_EVENTS = [
  'delivered',
  'opened',
  'clicked',
  'replied',
  'auto_replied',
  'bounced',
  'complained',
  'unsubscribed',
] as const;
export type MessageEventType = (typeof MESSAGE_EVENTS)[number];

const PLAIN_WORD: Readonly<Record<MessageEventType, string>> = {
  delivered: 'delivered',
  opened: 'open',
  clicked: 'click',
  replied: 'reply',
  auto_replied: 'auto_reply',
  bounced: 'bounce',
  complained: 'complaint',
  unsubscribed: 'unsubscribe',
};

/** All words for what was reported, on whichever channel. */
function wordsFor(type: MessageEventType): readonly string[] {
  return [...new Set(CHANNELS.map((channel) => eventOfMessage(type, channel)))];
}

/** The history's word for what was reported of a message: the channel's own where it has one. */
export function eventOfMessage(type: MessageEventType, channel: Channel): string {
  const own: Partial<Record<string, string>> = CHANNEL[channel].events;
  return own[type] ?? PLAIN_WORD[type];
}

export const SEND_EVENTS = eventsOfKind('send');
export const OPEN_EVENTS = wordsFor('opened');
export const CLICK_EVENTS = wordsFor('clicked');
export const ANSWER_EVENTS = eventsOfKind('answer');
/** Events that are no act of the lead: they say nothing of its interest. */
export const NOT_BY_THE_LEAD = eventsOfKind('send', 'provider');
export const PROVIDER_EVENTS = eventsOfKind('provider');
/** What somebody can report to have happened; deliveries and opt-outs of messages come in with their message. */
export const TRACKED_EVENTS = [
  ...eventsOfKind('send', 'signal', 'answer', 'word').filter((word) => word !== 'unsubscribe'),
  'auto_reply',
];
/** What a machine of the lead answered (RFC 3834): no act of the lead. */
export const AUTO_REPLY = 'auto_reply';
export const OPT_IN = 'opt_in';
/** Words for or against being written to. An event whose outcome is `unsubscribe` is one, too. */
export const CONSENT_EVENTS: readonly string[] = [OPT_IN, 'unsubscribe', 'complaint'];
