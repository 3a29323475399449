import type { EngagementFacts } from '../core/index.js';
import { surest } from './known-facts.js';

/** The channels that Herald can send on; the data set's sixth, Web, is a page that a message links to. */
export const OUTREACH_CHANNELS = ['Email', 'SMS', 'Social', 'Ads', 'Call'] as const;
export type OutreachChannel = (typeof OUTREACH_CHANNELS)[number];

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
const LEARNED_PREFERENCE = 0.4;
/** For a preference that is certain; half as sure counts half as much. */
const BELIEVED_PREFERENCE = 0.8;
const IN_CAMPAIGN_MIX = 0.15;

/**
 * The channels that may be used for a lead. Left out is where the lead unsubscribed, cannot be reached, or the person
 * asked for none. Preference = 0.5 if stated + 0.8·confidence if believed + 0.15 if in the campaign's mix +
 * 0.3·ln((good + 1) / (bad + 1)) of the lead's answers. Without facts (decisions before version 1.1.0) a remembered
 * preference counts 0.4.
 */
export function considerChannels({
  lead,
  campaign,
  long_term: memory,
  known,
  lead_channels: past,
}: EngagementFacts): ChannelsConsidered {
  const allowed: ChannelCandidate[] = [];
  const excluded: { channel: OutreachChannel; reason: string }[] = [];
  for (const channel of OUTREACH_CHANNELS) {
    const own = past.find((each) => each.channel === channel);
    if (own && own.unsubscribes > 0) excluded.push({ channel, reason: 'unsubscribed there' });
    else if (channel === 'Email' && !lead.has_email) excluded.push({ channel, reason: 'no email address' });
    else if ((channel === 'SMS' || channel === 'Call') && !lead.has_phone)
      excluded.push({ channel, reason: 'no phone number' });
    else {
      let preference = own ? 0.3 * Math.log((own.positive + 1) / (own.negative + 1)) : 0;
      if (lead.preferred_channel === channel) preference += STATED_PREFERENCE;
      if (known) preference += BELIEVED_PREFERENCE * (surest(known, 'preferred_channel', channel)?.confidence ?? 0);
      else if (memory?.preferred_channels.includes(channel)) preference += LEARNED_PREFERENCE;
      if (campaign?.channel_mix.includes(channel)) preference += IN_CAMPAIGN_MIX;
      allowed.push({ channel, preference });
    }
  }
  return { allowed, excluded };
}
