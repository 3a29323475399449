import { type ChannelRecord, judgeChannel } from './channel-health.js';
import { endOfCap } from './frequency-cap.js';
import type { SendPolicy } from './send-policy.js';
import type { HoldRule } from './hold-rules.js';
import type { Permission } from './permission.js';
import type { Channel, QuietHours } from '../vocabulary/index.js';
import { type LeadZones, endOfQuiet, endOfQuietInAll, isQuiet } from '../zones/index.js';

export interface Held {
  readonly held: true;
  readonly rule: HoldRule;
  readonly reason: string;
  /** When asking again can bring another answer; null when time alone never does. */
  readonly earliest: string | null;
}
export type Verdict = { readonly allowed: true } | Held;

export interface SendWish {
  readonly channel: Channel;
  readonly planned_for: string;
  readonly expires_at: string;
}

export interface SendFacts {
  /** Whether this person may be written to on this channel at all. */
  readonly permission: Permission;
  /** The person asked for nothing until then. */
  readonly pausedUntil: string | null;
  /** Where the lead may live. */
  readonly zones: LeadZones;
  /** When messages to this person took their send slot, over all campaigns and channels. */
  readonly claims: readonly string[];
  /** Other messages to this person that are due now and worth more: each is counted as a slot taken now. */
  readonly betterDue: number;
  readonly channelRecord: ChannelRecord;
}

const RECHECK_MS = 60_000;

/**
 * The one send gate. Judges at the moment of sending whether this message may go, and if not, by which rule and until
 * when. `earliest` satisfies all rules that time can satisfy together, not only the one reported.
 * @param now the instant for which the answer holds
 */
export function judgeSend(wish: SendWish, facts: SendFacts, policy: SendPolicy, now: Date): Verdict {
  const never = neverHold(wish, facts, now);
  if (never) return { held: true, ...never, earliest: null };
  const waiting = timedHold(wish, facts, policy, now.getTime());
  if (!waiting) return { allowed: true };
  const { rule, reason } = waiting;
  const earliest = new Date(firstFree(wish, facts, policy, waiting.until)).toISOString();
  if (Date.parse(earliest) < Date.parse(wish.expires_at)) return { held: true, rule, reason, earliest };
  return {
    held: true,
    rule: 'expired',
    reason: `expires at ${wish.expires_at}, but would wait until ${earliest}: ${reason}`,
    earliest: null,
  };
}

type Hold = { readonly rule: HoldRule; readonly reason: string };
type TimedHold = Hold & { readonly until: number };

function neverHold(wish: SendWish, facts: SendFacts, now: Date): Hold | null {
  if (now.getTime() >= Date.parse(wish.expires_at)) return { rule: 'expired', reason: `expired at ${wish.expires_at}` };
  if (facts.permission.allowed) return null;
  const { rule, reason } = facts.permission;
  return { rule, reason };
}

/** The first rule that holds the message at an instant but will stop holding it. */
function timedHold(wish: SendWish, facts: SendFacts, policy: SendPolicy, at: number): TimedHold | null {
  const plannedFor = Date.parse(wish.planned_for);
  if (at < plannedFor) return { rule: 'not_due', reason: `planned for ${wish.planned_for}`, until: plannedFor };

  const pausedUntil = facts.pausedUntil === null ? at : Date.parse(facts.pausedUntil);
  if (at < pausedUntil)
    return { rule: 'paused', reason: `the lead asked for nothing until ${facts.pausedUntil}`, until: pausedUntil };

  const channel = judgeChannel(facts.channelRecord, policy.breaker, at);
  if (channel.open)
    return { rule: 'channel_health', reason: `${wish.channel} is resting: ${channel.reason}`, until: channel.earliest };

  const claims = facts.claims.map((claim) => Date.parse(claim));
  const capped = endOfCap(at, claims, policy.caps);
  if (capped > at)
    return { rule: 'frequency_cap', reason: `the lead has had its share (${describeCaps(policy)})`, until: capped };

  const taken = Array.from({ length: facts.betterDue }, () => at);
  if (endOfCap(at, [...claims, ...taken], policy.caps) > at) {
    return {
      rule: 'better_message',
      reason: 'a message of higher expected value to this lead goes first',
      until: at + RECHECK_MS,
    };
  }

  const quiet = policy.quietHours[wish.channel];
  if (quiet) {
    const { until, where } = endOfNight(new Date(at), facts.zones, quiet);
    const hours = `${quiet.start}-${quiet.end}${quiet.weekends ? ' and weekends' : ''}`;
    if (until > at) return { rule: 'quiet_hours', reason: `quiet hours ${hours} in ${where}`, until };
  }
  return null;
}

/** When quiet is over wherever the lead may live; where somebody is always asleep, in its likeliest zone. */
function endOfNight(
  at: Date,
  { zones, home, knownBy }: LeadZones,
  quiet: QuietHours,
): { readonly until: number; readonly where: string } {
  const common = endOfQuietInAll(at, zones, quiet);
  if (!common) {
    const where = `${home} (no hour suits all zones of the lead's ${knownBy})`;
    return { until: endOfQuiet(at, home, quiet).getTime(), where };
  }
  const asleep = zones.find((zone) => isQuiet(at, zone, quiet)) ?? home;
  const others = zones.length > 1 ? `, one of the zones of the lead's ${knownBy}` : '';
  const guessed = knownBy === 'nothing' ? ' (it is not known where the lead lives)' : '';
  return { until: common.getTime(), where: `${asleep}${others}${guessed}` };
}

/**
 * Follows the rules from one opening to the next until none holds. Better messages will have been tried by then and
 * no longer count.
 */
function firstFree(wish: SendWish, facts: SendFacts, policy: SendPolicy, from: number): number {
  const later: SendFacts = { ...facts, betterDue: 0, channelRecord: { ...facts.channelRecord, inFlight: 0 } };
  for (let at = from; ;) {
    const hold = timedHold(wish, later, policy, at);
    if (!hold) return at;
    at = hold.until;
  }
}

const describeCaps = ({ caps }: SendPolicy): string => caps.map(({ max, hours }) => `${max} in ${hours} h`).join(', ');
