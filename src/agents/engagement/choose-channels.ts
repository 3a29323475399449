import type { EngagementFacts } from '../core/index.js';
import { surest } from './known-facts.js';
import { OUTREACH_CHANNELS, type OutreachChannel } from '../../vocabulary/index.js';

export interface ChannelCandidate {
  readonly channel: OutreachChannel;
  /** What the lead itself says for or against the channel, in log-odds. */
  readonly preference: number;
}

export interface ChannelsConsidered {
  readonly allowed: readonly ChannelCandidate[];
  /** The channels left out, each with its reason in words. */
  readonly excluded: readonly { readonly channel: OutreachChannel; readonly reason: string }[];
}

const STATED_PREFERENCE = 0.5;
/** For a preference that is certain; half as sure counts half as much. */
const BELIEVED_PREFERENCE = 0.8;
const IN_CAMPAIGN_MIX = 0.15;

/**
 * The channels that the gate would allow, by what it was told to say. Preference = 0.5 if stated + 0.8·confidence if
 * believed + 0.15 if in the campaign's mix + 0.3·ln((good + 1) / (bad + 1)) of the lead's answers.
 */
export function considerChannels({
  lead,
  campaign,
  known = [],
  lead_channels: past,
  channels = [],
}: EngagementFacts): ChannelsConsidered {
  const allowed: ChannelCandidate[] = [];
  const excluded: { channel: OutreachChannel; reason: string }[] = [];
  for (const channel of OUTREACH_CHANNELS) {
    const permission = channels.find((each) => each.channel === channel);
    if (permission?.allowed !== true) {
      excluded.push({ channel, reason: permission?.reason ?? 'nothing is known of it' });
      continue;
    }
    const own = past.find((each) => each.channel === channel);
    let preference = own ? 0.3 * Math.log((own.positive + 1) / (own.negative + 1)) : 0;
    if (lead.preferred_channel === channel) preference += STATED_PREFERENCE;
    preference += BELIEVED_PREFERENCE * (surest(known, 'preferred_channel', channel)?.confidence ?? 0);
    if (campaign?.channel_mix.includes(channel)) preference += IN_CAMPAIGN_MIX;
    allowed.push({ channel, preference });
  }
  return { allowed, excluded };
}
