/** What a lead's interactions add up to; only the human part, once scanners' clicks are told apart. */
export interface InteractionHistory {
  /** All interactions but what providers report of our sends. */
  readonly total: number;
  /** Ours: written, called, shown. */
  readonly sends: number;
  /** Opened messages. */
  readonly opens: number;
  /** Clicked links. */
  readonly clicks: number;
  /** site_visit. */
  readonly site_visits: number;
  /** A person said something. */
  readonly replies: number;
  /** replies whose outcome is positive or callback_requested. */
  readonly positive_replies: number;
  /** replies whose outcome is negative. */
  readonly negative_replies: number;
  /** Outcome counts over all interactions. */
  readonly positive: number;
  readonly negative: number;
  readonly unsubscribes: number;
  readonly callbacks: number;
  /** Latest interaction of any kind. */
  readonly last_at: string | null;
  /** Latest act of the lead: neither ours nor what a provider reports. */
  readonly last_engaged_at: string | null;
}

/** Of a lead with whom nothing has happened. */
export const NO_HISTORY: InteractionHistory = {
  total: 0,
  sends: 0,
  opens: 0,
  clicks: 0,
  site_visits: 0,
  replies: 0,
  positive_replies: 0,
  negative_replies: 0,
  positive: 0,
  negative: 0,
  unsubscribes: 0,
  callbacks: 0,
  last_at: null,
  last_engaged_at: null,
};

/** The same for one channel, as far as it tells which channel to take. */
export interface ChannelHistory {
  readonly channel: string;
  readonly sends: number;
  readonly positive: number;
  readonly negative: number;
  readonly unsubscribes: number;
}
