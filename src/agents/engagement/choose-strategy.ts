import type { EngagementFacts } from '../core/index.js';

/** `engage` is for qualified leads, `nurture` the slower sequence for cold ones. */
export type EngagementMode = 'engage' | 'nurture';

export type StrategyName = 'first_contact' | 'other_words' | 'other_channel' | 'slow_down' | 'ask_a_person';

export interface Strategy {
  readonly name: StrategyName;
  readonly because: string;
  readonly avoidVariants: ReadonlySet<string>;
  readonly avoidChannels: ReadonlySet<string>;
}

const OTHER_CHANNEL_AFTER = 2;
const SLOW_DOWN_AFTER = 4;
const ASK_A_PERSON_AFTER = 6;

/**
 * What to try next, from the messages since the last success: other words after one failure, another channel after
 * two, the slow sequence after four, a person after six.
 */
export function chooseStrategy({ past_messages: past }: Pick<EngagementFacts, 'past_messages'>): Strategy {
  const lastSuccess = past.findLastIndex(({ succeeded }) => succeeded);
  const failed = past.slice(lastSuccess + 1);
  const avoidVariants = new Set(failed.flatMap(({ variant_id: id }) => (id === null ? [] : [id])));
  const avoidChannels = new Set(failed.length >= OTHER_CHANNEL_AFTER ? failed.map(({ channel }) => channel) : []);
  return { ...nameStrategy(failed.length), avoidVariants, avoidChannels };
}

function nameStrategy(failures: number): { name: StrategyName; because: string } {
  if (failures === 0) return { name: 'first_contact', because: 'nothing was tried without success' };
  const because = `${failures} ${failures === 1 ? 'message' : 'messages'} without success`;
  if (failures < OTHER_CHANNEL_AFTER) return { name: 'other_words', because };
  if (failures < SLOW_DOWN_AFTER) return { name: 'other_channel', because };
  return failures < ASK_A_PERSON_AFTER ? { name: 'slow_down', because } : { name: 'ask_a_person', because };
}
