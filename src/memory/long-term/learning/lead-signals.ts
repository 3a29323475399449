import { toMicros } from '../../../database/index.js';
import type { Observation } from './observation.js';
import { hourIn } from './hour-in.js';

export interface ChannelSignals {
  /** Times that the lead could answer here: it was written to, or came by itself. */
  asked: number;
  /** Times that it did, with a person's probability as weight and not in the negative. */
  answered: number;
  /** When the last contact was that nothing has come back to; null when there is none. */
  open_since: string | null;
}

export interface TopicSignals {
  liked: number;
  disliked: number;
}

/** What a lead's events add up to. One event changes a handful of numbers, however many there were before. */
export interface LeadSignals {
  /** What the lead did itself, machines' part not counted. */
  acts: number;
  last_act_at: string | null;
  /** Worth of its conversions in millionths of a dollar. */
  value_micros: number;
  channels: Record<string, ChannelSignals>;
  /** Acts by hour of the lead's day. */
  hours: number[];
  topics: Record<string, TopicSignals>;
  latency: { count: number; sum_log_hours: number };
  /** What was last stated of these signals, so that only what has moved is stated again; see signal-facts.ts. */
  stated: Record<string, { value: unknown; confidence: number }>;
}

const TOPICS_KEPT = 40;
const LONGEST_TOPIC = 80;
const AGAINST: ReadonlySet<string> = new Set(['negative', 'unsubscribe']);
/** An answer that comes later is not one to that message. */
const ANSWER_WITHIN_HOURS = 14 * 24;
const SHORTEST_LATENCY_HOURS = 1 / 60;
/** Below it an act counts as a machine's. */
const PERSON_FROM = 0.5;

export function noSignals(): LeadSignals {
  return {
    acts: 0,
    last_act_at: null,
    value_micros: 0,
    channels: {},
    hours: new Array<number>(24).fill(0),
    topics: {},
    latency: { count: 0, sum_log_hours: 0 },
    stated: {},
  };
}

/** Adds one event; events of one lead come in the order of their times. Changes `signals`. */
export function countSignal(signals: LeadSignals, event: Observation): void {
  const weight = event.human_probability ?? 1;
  if (event.kind === 'contact') return countContact(signals, event);
  // who leaves is not a better customer for it
  if (weight >= PERSON_FROM && event.outcome !== 'unsubscribe') {
    signals.acts++;
    if (signals.last_act_at === null || event.at > signals.last_act_at) signals.last_act_at = event.at;
  }
  if (event.kind === 'conversion') {
    signals.value_micros += toMicros(event.value_usd ?? 0);
    return;
  }
  const isAgainst = AGAINST.has(event.outcome ?? '');
  if (event.channel !== undefined) countAnswer(signals, event, event.channel, isAgainst ? 0 : weight);
  if (event.time_zone !== undefined && !isAgainst) signals.hours[hourIn(event.time_zone, event.at)]! += weight;
  for (const topic of event.topics ?? []) countTopic(signals, topic, isAgainst, weight);
}

function countContact(signals: LeadSignals, { channel, at }: Observation): void {
  if (channel === undefined) return;
  const known = (signals.channels[channel] ??= noAnswers());
  known.asked++;
  known.open_since = at;
}

/**
 * The first sign of life after a contact answers it; what the lead does besides is an occasion of its own only if
 * nothing was asked.
 */
function countAnswer(signals: LeadSignals, { kind, at }: Observation, channel: string, weight: number): void {
  const known = (signals.channels[channel] ??= noAnswers());
  const hours = known.open_since === null ? Infinity : (Date.parse(at) - Date.parse(known.open_since)) / 3_600_000;
  const isAnswer = hours >= 0 && hours <= ANSWER_WITHIN_HOURS;
  if (!isAnswer) known.asked += weight;
  known.answered = Math.min(known.asked, known.answered + weight);
  if (!isAnswer) return;
  known.open_since = null;
  if (kind === 'reply') {
    signals.latency.count++;
    signals.latency.sum_log_hours += Math.log(Math.max(hours, SHORTEST_LATENCY_HOURS));
  }
}

function countTopic(signals: LeadSignals, name: string, isAgainst: boolean, weight: number): void {
  const topic = name.trim().toLowerCase().slice(0, LONGEST_TOPIC);
  if (topic === '') return;
  const known = Object.hasOwn(signals.topics, topic)
    ? signals.topics[topic]!
    : (signals.topics[topic] = { liked: 0, disliked: 0 });
  if (isAgainst) known.disliked += weight;
  else known.liked += weight;
  const names = Object.keys(signals.topics);
  if (names.length <= TOPICS_KEPT) return;
  const weakest = names
    .filter((each) => each !== topic)
    .reduce((a, b) => (signals.topics[b]!.liked < signals.topics[a]!.liked ? b : a));
  delete signals.topics[weakest];
}

function noAnswers(): ChannelSignals {
  return { asked: 0, answered: 0, open_since: null };
}
