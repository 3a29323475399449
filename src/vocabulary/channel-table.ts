/** Which of a lead's addresses a channel uses. */
export type AddressKind = 'email' | 'phone';

/** Local wall-clock times, "HH:MM"; a window whose start is after its end goes over midnight. */
export interface QuietHours {
  readonly start: string;
  readonly end: string;
  /** Saturday and Sunday are quiet all day. */
  readonly weekends: boolean;
}

export interface ChannelTraits {
  /** Part of the format of unsubscribe links, which live as long as the mails that hold them: never changes. */
  readonly code: number;
  readonly address: AddressKind;
  /** direct: to the lead's own address. audience: a platform matches the address to a profile. */
  readonly reach: 'direct' | 'audience';
  /** The adapter that carries it, by its name in `outreach/channels`. */
  readonly wire: string;
  /** Whether agents may choose it; Web is a page that a message links to. */
  readonly isOutreach: boolean;
  /** When nobody wants to hear from it; null where nobody is woken. */
  readonly quiet: QuietHours | null;
  /** What a recipient calls what comes over it: "Do you want to stop getting …?" */
  readonly messages: string;
  readonly hasSubject: boolean;
  readonly maxBodyChars: number;
  /** The shape of its messages, see `agents/engagement/words-templates`. */
  readonly layout: 'letter' | 'text' | 'post' | 'ad' | 'script';
  /** Kinds of creative that were made for it. */
  readonly creativeTypes: readonly string[];
  /** The history's words for what happens on it: what we do, and what the lead does where it has a word of its own. */
  readonly events: {
    readonly sent: string;
    readonly opened?: string;
    readonly clicked?: string;
    readonly replied?: string;
  };
}

const NIGHT: QuietHours = { start: '20:00', end: '08:00', weekends: false };

/** What each channel is. A new one is a row here, and an adapter in `outreach/channels` if no wire carries it yet. */
export const CHANNEL_TABLE = {
  Email: {
    code: 1,
    address: 'email',
    reach: 'direct',
    wire: 'smtp',
    isOutreach: true,
    quiet: NIGHT,
    messages: 'emails',
    hasSubject: true,
    maxBodyChars: 5000,
    layout: 'letter',
    creativeTypes: ['SubjectLine', 'LandingPage'],
    events: { sent: 'email_sent', opened: 'email_open', clicked: 'email_click', replied: 'reply' },
  },
  SMS: {
    code: 2,
    address: 'phone',
    reach: 'direct',
    wire: 'webhook',
    isOutreach: true,
    quiet: NIGHT,
    messages: 'text messages',
    hasSubject: false,
    maxBodyChars: 320,
    layout: 'text',
    creativeTypes: ['SMSCopy'],
    events: { sent: 'sms_sent', replied: 'sms_reply' },
  },
  Social: {
    code: 3,
    address: 'email',
    reach: 'audience',
    wire: 'webhook',
    isOutreach: true,
    quiet: NIGHT,
    messages: 'messages on social networks',
    hasSubject: false,
    maxBodyChars: 500,
    layout: 'post',
    creativeTypes: ['AdCopy', 'LandingPage'],
    events: { sent: 'social_sent', replied: 'social_comment' },
  },
  Ads: {
    code: 4,
    address: 'email',
    reach: 'audience',
    wire: 'webhook',
    isOutreach: true,
    quiet: null,
    messages: 'personal advertisements',
    hasSubject: false,
    maxBodyChars: 300,
    layout: 'ad',
    creativeTypes: ['AdCopy', 'LandingPage'],
    events: { sent: 'ads_sent' },
  },
  Web: {
    code: 5,
    address: 'email',
    reach: 'audience',
    wire: 'webhook',
    isOutreach: false,
    quiet: null,
    messages: 'messages on our site',
    hasSubject: false,
    maxBodyChars: 2000,
    layout: 'post',
    creativeTypes: ['LandingPage'],
    events: { sent: 'web_sent' },
  },
  Call: {
    code: 6,
    address: 'phone',
    reach: 'direct',
    wire: 'webhook',
    isOutreach: true,
    quiet: { ...NIGHT, weekends: true },
    messages: 'calls',
    hasSubject: false,
    maxBodyChars: 2000,
    layout: 'script',
    creativeTypes: ['SMSCopy', 'AdCopy'],
    events: { sent: 'call_made', replied: 'call_answered' },
  },
} as const satisfies Record<string, ChannelTraits>;
