import type { BreakerPolicy } from './channel-health.js';
import type { FrequencyCap } from './frequency-cap.js';
import { CHANNEL, type Channel, CHANNELS, type QuietHours, ZONE_OF_REGION } from '../vocabulary/index.js';

export interface SendPolicy {
  readonly caps: readonly FrequencyCap[];
  /** A channel without an entry knows no quiet hours: nobody is woken by an advertisement. */
  readonly quietHours: Readonly<Partial<Record<Channel, QuietHours>>>;
  /** IANA zone of each of the data set's regions: where most of its people live. */
  readonly zoneOfRegion: Readonly<Record<string, string>>;
  readonly defaultZone: string;
  readonly breaker: BreakerPolicy;
  /** How long after its planned time a message is still worth sending, when its sender does not say. */
  readonly lifetimeHours: number;
}

export const DEFAULT_SEND_POLICY: SendPolicy = {
  caps: [
    { max: 1, hours: 24 },
    { max: 3, hours: 7 * 24 },
  ],
  quietHours: Object.fromEntries(
    CHANNELS.flatMap((channel) => (CHANNEL[channel].quiet ? [[channel, CHANNEL[channel].quiet]] : [])),
  ),
  zoneOfRegion: ZONE_OF_REGION,
  defaultZone: 'UTC',
  // complaints: mail providers ask senders to stay under 0.3 %; in windows of 200 messages that is the first one
  breaker: { minSettled: 20, maxErrorShare: 0.5, maxBounceShare: 0.1, maxComplaintShare: 0.02, coolDownMinutes: 15 },
  lifetimeHours: 14 * 24,
};

/** The zone in which a lead of this region reads the clock. */
export function zoneOf(region: string | null, policy: SendPolicy): string {
  return (region !== null && policy.zoneOfRegion[region]) || policy.defaultZone;
}

/** Injection token of the policy in force. */
export const SEND_POLICY = Symbol('send policy');
