import { toMicros } from '../../../money/index.js';

/**
 * Something that happened with a lead, as memory learns from it.
 * - contact: we wrote or called · activity: the lead opened, clicked or visited · reply: the lead said something ·
 * - conversion: the lead bought or agreed to
 */
export interface Observation {
  readonly lead_id: string;
  /** What happened once has one id; told again it does not count again. */
  readonly source_id: string;
  readonly kind: 'contact' | 'activity' | 'reply' | 'conversion';
  /** ISO instant. */
  readonly at: string;
  readonly channel?: string;
  /** The data set's outcome. `negative` and `unsubscribe` do not speak for the channel, the hour or the topic. */
  readonly outcome?: string;
  /** What it was about. */
  readonly topics?: readonly string[];
  /** Worth of a conversion. */
  readonly value_usd?: number;
  /** That a person did it and no machine, 0 to 1; 1 when left out. */
  readonly human_probability?: number;
  /** IANA zone in which the lead reads the clock; hours are not learned without it. */
  readonly time_zone?: string;
}

/** What is known elsewhere of a lead's past: all of it, or what happened after an instant. */
export type ReadHistory = (leadId: string, after: string | null) => Promise<readonly Observation[]>;

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

const DAY_MS = 86_400_000;
const HALVED_AFTER_DAYS = 30;
const HALF_OF_ACTS = 5;
const HALF_OF_USD = 1_000;

/**
 * Recency, frequency and monetary value (Hughes 1994, Strategic Database Marketing) as one score from 0 to 1, their
 * plain mean. Hughes ranks customers against each other in fifths; here each part has a fixed half-way point instead,
 * so that one event moves one lead's score and nobody else's:
 * - recency 2^(−days since the last act / 30), 0 without an act
 * - frequency n / (n + 5) for n acts of the lead itself
 * - monetary v / (v + 1000) for conversions worth v US dollars
 */
export function rfmScore(
  { acts, last_act_at, value_micros }: Pick<LeadSignals, 'acts' | 'last_act_at' | 'value_micros'>,
  now: string,
): number {
  const days = last_act_at === null ? Infinity : Math.max(0, Date.parse(now) - Date.parse(last_act_at)) / DAY_MS;
  const usd = Math.max(0, value_micros) / 1e6;
  return (2 ** (-days / HALVED_AFTER_DAYS) + acts / (acts + HALF_OF_ACTS) + usd / (usd + HALF_OF_USD)) / 3;
}

const QUARTER_MS = 15 * 60_000;
const MOST_HOURS_KEPT = 5_000;
const formats = new Map<string, Intl.DateTimeFormat | null>();
/** By zone and quarter of an hour, as clocks of all zones strike together: formatting takes longer than all else. */
const hours = new Map<string, number>();

/** The hour that clocks of a zone show, 0 to 23; of UTC where the zone is unknown. */
export function hourIn(timeZone: string, at: string): number {
  const time = Date.parse(at);
  const key = `${timeZone} ${Math.floor(time / QUARTER_MS)}`;
  let hour = hours.get(key);
  if (hour === undefined) {
    if (hours.size >= MOST_HOURS_KEPT) hours.clear();
    hours.set(key, (hour = formatHour(timeZone, new Date(time))));
  }
  return hour;
}

function formatHour(timeZone: string, time: Date): number {
  let format = formats.get(timeZone);
  if (format === undefined) formats.set(timeZone, (format = formatOf(timeZone)));
  return format ? Number(format.format(time)) : time.getUTCHours();
}

function formatOf(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' });
  } catch {
    return null;
  }
}
