import type { EngagementFacts } from '../../core/index.js';
import { surest } from '../known-facts.js';
import type { ChannelCandidate, ChannelsConsidered } from '../choose-channels.js';
import { CHANNEL, OUTREACH_CHANNELS, type OutreachChannel } from '../../../vocabulary/index.js';

const MISSING = { email: 'no email address', phone: 'no phone number' } as const;
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
  const hasAddress = { email: lead.has_email, phone: lead.has_phone };
  for (const channel of OUTREACH_CHANNELS) {
    const own = past.find((each) => each.channel === channel);
    if (own && own.unsubscribes > 0) excluded.push({ channel, reason: 'unsubscribed there' });
    else if (CHANNEL[channel].reach === 'direct' && !hasAddress[CHANNEL[channel].address])
      excluded.push({ channel, reason: MISSING[CHANNEL[channel].address] });
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
