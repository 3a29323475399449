import { Choice, Flag, Instant, ListOf, Nested, Str } from '../../operations/index.js';
import { CHANNELS, type Channel, TOPICS, type Topic } from '../../vocabulary/index.js';

export class PreferencesRequest {
  @Str({ min: 1, max: 1000, description: 'Of the link that is in every message' }) token!: string;
}

export const PREFERENCE_ACTIONS = ['choose', 'pause'] as const;

export class SetPreferencesRequest extends PreferencesRequest {
  @Choice(PREFERENCE_ACTIONS, {
    description: 'choose: what stays open and nothing else; pause: nothing for 30 days, the choice stays',
  })
  action!: (typeof PREFERENCE_ACTIONS)[number];
  @ListOf('string', {
    values: CHANNELS,
    optional: true,
    description: 'Of choose: the channels that stay open; none when left out',
  })
  channels?: Channel[];
  @ListOf('string', {
    values: TOPICS,
    optional: true,
    description: 'Of choose: the topics that stay open; all when left out',
  })
  topics?: Topic[];
}

export class ChannelPreference {
  @Choice(CHANNELS) channel!: Channel;
  @Str({ description: 'What a recipient calls what comes over it' }) title!: string;
  @Flag() open!: boolean;
}

export class TopicPreference {
  @Choice(TOPICS) topic!: Topic;
  @Str() title!: string;
  @Str() description!: string;
  @Flag() open!: boolean;
}

export class PreferencesResponse {
  @Nested(() => ChannelPreference, { array: true }) channels!: ChannelPreference[];
  @Nested(() => TopicPreference, { array: true }) topics!: TopicPreference[];
  @Instant({ nullable: true, description: 'Nothing is sent until then' }) paused_until!: string | null;
}
