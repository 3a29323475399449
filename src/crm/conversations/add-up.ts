import {
  ANSWER_EVENTS,
  CLICK_EVENTS,
  type ChannelHistory,
  GOOD_OUTCOMES,
  type InteractionHistory,
  NO_HISTORY,
  NOT_BY_THE_LEAD,
  OPEN_EVENTS,
  PROVIDER_EVENTS,
  SEND_EVENTS,
} from '../../vocabulary/index.js';

/** Interactions of one lead that are alike, counted. */
export interface InteractionCount {
  readonly channel: string;
  readonly event_type: string;
  readonly outcome: string;
  readonly n: number;
  /** When the latest of them was. */
  readonly last_at: string;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Tally = Exclude<keyof InteractionHistory, 'last_at' | 'last_engaged_at'>;

const isSend = setOf(SEND_EVENTS);
const isAnswer = setOf(ANSWER_EVENTS);
const isOpen = setOf(OPEN_EVENTS);
const isClick = setOf(CLICK_EVENTS);
const isProviders = setOf(PROVIDER_EVENTS);
const isNotByTheLead = setOf(NOT_BY_THE_LEAD);
const isGood = setOf(GOOD_OUTCOMES);

/** What the interactions of a lead add up to. */
export function addUp(counts: readonly InteractionCount[]): InteractionHistory {
  const history: Mutable<InteractionHistory> = { ...NO_HISTORY };
  for (const { event_type, outcome, n, last_at } of counts) {
    const add = (tally: Tally, applies: boolean): void => {
      if (applies) history[tally] += n;
    };
    const answers = isAnswer(event_type);
    add('total', !isProviders(event_type));
    add('sends', isSend(event_type));
    add('opens', isOpen(event_type));
    add('clicks', isClick(event_type));
    add('site_visits', event_type === 'site_visit');
    add('replies', answers);
    add('positive_replies', answers && isGood(outcome));
    add('negative_replies', answers && outcome === 'negative');
    add('positive', outcome === 'positive');
    add('negative', outcome === 'negative');
    add('unsubscribes', outcome === 'unsubscribe');
    add('callbacks', outcome === 'callback_requested');
    if (history.last_at === null || last_at > history.last_at) history.last_at = last_at;
    if (isNotByTheLead(event_type)) continue;
    if (history.last_engaged_at === null || last_at > history.last_engaged_at) history.last_engaged_at = last_at;
  }
  return history;
}

/** The same for each channel, by its name. */
export function addUpChannels(counts: readonly InteractionCount[]): ChannelHistory[] {
  const channels = new Map<string, Mutable<ChannelHistory>>();
  for (const { channel, event_type, outcome, n } of counts) {
    let history = channels.get(channel);
    if (!history) channels.set(channel, (history = { channel, sends: 0, positive: 0, negative: 0, unsubscribes: 0 }));
    if (isSend(event_type)) history.sends += n;
    if (isGood(outcome)) history.positive += n;
    if (outcome === 'negative') history.negative += n;
    if (outcome === 'unsubscribe') history.unsubscribes += n;
  }
  return [...channels.values()].sort((a, b) => (a.channel < b.channel ? -1 : 1));
}

function setOf(words: readonly string[]): (word: string) => boolean {
  const set = new Set(words);
  return (word) => set.has(word);
}
