import { CHANNEL_TABLE, type ChannelTraits } from './channel-table.js';

export type Channel = keyof typeof CHANNEL_TABLE;

export const CHANNEL: Readonly<Record<Channel, ChannelTraits>> = CHANNEL_TABLE;
export const CHANNELS = Object.keys(CHANNEL_TABLE) as readonly Channel[];

export type OutreachChannel = {
  [C in Channel]: (typeof CHANNEL_TABLE)[C]['isOutreach'] extends true ? C : never;
}[Channel];
/** The channels that agents can choose from. */
export const OUTREACH_CHANNELS = CHANNELS.filter((each): each is OutreachChannel => CHANNEL[each].isOutreach);

/** A suppression holds on one channel of an address, or on all of them. */
export const SUPPRESSION_CHANNELS: readonly SuppressionChannel[] = [...CHANNELS, 'All'];
export type SuppressionChannel = Channel | 'All';
