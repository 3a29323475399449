import type { BreakerPolicy } from './channel-health.js';
import type { FrequencyCap } from './frequency-cap.js';
import { CHANNEL, type Channel, CHANNELS, type QuietHours } from '../vocabulary/index.js';

export interface SendPolicy {
  readonly caps: readonly FrequencyCap[];
  /** A channel without an entry knows no quiet hours: nobody is woken by an advertisement. */
  readonly quietHours: Readonly<Partial<Record<Channel, QuietHours>>>;
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
  // complaints: mail providers ask senders to stay under 0.3 %; in windows of 200 messages that is the first one
  breaker: { minSettled: 20, maxErrorShare: 0.5, maxBounceShare: 0.1, maxComplaintShare: 0.02, coolDownMinutes: 15 },
  lifetimeHours: 14 * 24,
};

/** Injection token of the policy in force. */
export const SEND_POLICY = Symbol('send policy');
