import { CHANNEL, type Channel, type SuppressionChannel, TOPIC, type Topic } from '../../vocabulary/index.js';
import type { Choice, WordKind } from './consent-word.entity.js';

/** What a person said, without who it was. */
export interface Word {
  readonly kind: WordKind;
  readonly channel: SuppressionChannel;
  readonly at: string;
  readonly choice: Choice | null;
}

/** What stands after all words. */
export interface Standing {
  /** Yes or no to everything; null when nothing was said and the lead's consent field decides. */
  readonly everything: boolean | null;
  /** Channels that stay open whatever `everything` says. */
  readonly open: ReadonlySet<Channel>;
  /** The only topics that the person wants; null for all. */
  readonly topics: ReadonlySet<Topic> | null;
  readonly pausedUntil: string | null;
}

export const NOTHING_SAID: Standing = { everything: null, open: new Set(), topics: null, pausedUntil: null };

/**
 * The last word counts: an objection on one channel closes every channel, and only a later yes or the person's own
 * choice opens one again. Of words of one instant, the one that comes later in the list counts.
 */
export function standingOf(words: readonly Word[]): Standing {
  const inTime = words.map((word, place) => ({ word, place }));
  inTime.sort((a, b) => (a.word.at < b.word.at ? -1 : a.word.at > b.word.at ? 1 : a.place - b.place));
  return inTime.reduce((standing, { word }) => AFTER[word.kind](standing, word), NOTHING_SAID);
}

/** What stands after one more word. */
const AFTER: Readonly<Record<WordKind, (before: Standing, word: Word) => Standing>> = {
  withdrawn: () => ({ ...NOTHING_SAID, everything: false }),
  lifted: () => NOTHING_SAID,
  given: (before, { channel }) =>
    channel === 'All'
      ? { ...NOTHING_SAID, everything: true }
      : { ...before, open: new Set([...before.open, channel]), pausedUntil: null },
  chosen: (_, { choice }) => ({
    everything: false,
    open: new Set(choice?.channels ?? []),
    topics: new Set(choice?.topics ?? []),
    pausedUntil: null,
  }),
  paused: (before, { choice }) => ({ ...before, pausedUntil: choice?.until ?? null }),
};

/**
 * Why the person may not be written to on a channel about a topic, or null if it may. A pause is not asked here: time
 * heals it.
 * @param gdprConsent the lead's consent field, which counts where nothing was said
 */
export function whyNot(standing: Standing, channel: Channel, topic: Topic, gdprConsent: boolean): string | null {
  const { everything, open, topics } = standing;
  if (topics && !topics.has(topic)) return `the lead chose not to get ${TOPIC[topic].title}`;
  if (open.has(channel) || everything === true) return null;
  if (everything === false) {
    return open.size > 0 || topics
      ? `the lead chose not to get ${CHANNEL[channel].messages}`
      : 'the lead has opted out of everything';
  }
  return gdprConsent ? null : 'the lead has not given its consent';
}

/** Whether the person itself said yes, and not only the lead's consent field. */
export function saysYes(standing: Standing, channel: Channel, topic: Topic): boolean {
  return whyNot(standing, channel, topic, false) === null;
}
