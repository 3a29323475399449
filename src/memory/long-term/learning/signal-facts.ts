import type { NewFact } from '../fact.js';
import { type LeadSignals, rfmScore } from './lead-signals.js';
import { probabilityBest } from './probability-best.js';

/** A value that the signals speak for, and how sure they are. */
interface Estimate {
  readonly name: string;
  readonly value: unknown;
  readonly confidence: number;
}

const SOURCE_ID = 'signals';
/** An estimate is stated again when its value or its confidence has moved by this. */
const MOVED_BY = 0.05;

/** A channel's answers are pulled towards one in four, as strongly as four contacts would. */
const PRIOR_CONTACTS = 4;
const PRIOR_ANSWERED = 0.25;
/** Channels that nothing is known of stand for themselves in the comparison. */
const CHANNELS_COMPARED = 6;
const LEAST_CONTACTS = 2;

/** As if that many acts had been spread evenly over the day. */
const PRIOR_ACTS = 4;
const WINDOW_HOURS = 2;
const LEAST_ACTS = 3;

const PRIOR_LIKES = 1;
const PRIOR_DISLIKES = 3;
const LEAST_LIKES = 2;
const INTERESTS_STATED = 8;

/** Five hours, as sure as after three replies. */
const PRIOR_LOG_HOURS = Math.log(5);
const PRIOR_REPLIES = 3;

/**
 * The facts that a lead's signals speak for, as statements of what has moved since they were last stated. Every
 * estimate is shrunk: it starts at what is usual and moves away as evidence comes in (Gelman et al., Bayesian Data
 * Analysis, 3rd ed., §2.4, §2.5, §3.4).
 * - preferred_channel: rates of answer, beta with prior (1, 3); confidence: probability that this channel's is the
 * greatest
 * - best_contact_hour: acts by hour, Dirichlet with 4 acts spread over the day; confidence: probability that the next
 * act falls in
 *   the two hours that begin then
 * - interest: beta with prior (1, 3) on liking against disliking a topic; confidence: its mean
 * - reply_latency_hours: mean of the logarithm with prior 5 hours, weight 3; confidence n / (n + 3) after n replies
 * - rfm_score: see rfm-score.ts; confidence (n + 1) / (n + 2) after n acts
 * Changes `signals.stated`.
 */
export function stateSignals(signals: LeadSignals, lead_id: string, now: string): NewFact[] {
  const estimates = [
    ...preferredChannel(signals),
    ...bestHour(signals),
    ...interests(signals),
    ...replyLatency(signals),
    ...rfm(signals, now),
  ];
  const said = { lead_id, source: 'interaction' as const, source_id: SOURCE_ID };
  const statements: NewFact[] = [];
  const stillStated = new Set<string>();
  for (const { name, value, confidence } of estimates) {
    const key = name === 'interest' ? `interest:${String(value)}` : name;
    stillStated.add(key);
    const before = signals.stated[key];
    if (before && before.value === value && Math.abs(before.confidence - confidence) < MOVED_BY) continue;
    if (before && before.value !== value && name === 'preferred_channel')
      statements.push({ ...said, name, value: before.value, confidence: 0 });
    statements.push({ ...said, name, value, confidence });
    signals.stated[key] = { value, confidence };
  }
  for (const [key, { value }] of Object.entries(signals.stated)) {
    if (stillStated.has(key)) continue;
    statements.push({ ...said, name: key.split(':')[0]!, value, confidence: 0 });
    delete signals.stated[key];
  }
  return statements;
}

function preferredChannel({ channels, stated }: LeadSignals): Estimate[] {
  const known = Object.entries(channels).filter(([, { asked }]) => asked > 0);
  if (known.reduce((sum, [, { asked }]) => sum + asked, 0) < LEAST_CONTACTS) return [];
  const unknown = new Array<{ asked: number; answered: number }>(Math.max(0, CHANNELS_COMPARED - known.length)).fill({
    asked: 0,
    answered: 0,
  });
  const chances = probabilityBest(
    [...known.map(([, each]) => each), ...unknown].map(({ asked, answered }) => ({
      alpha: PRIOR_CONTACTS * PRIOR_ANSWERED + answered,
      beta: PRIOR_CONTACTS * (1 - PRIOR_ANSWERED) + asked - answered,
    })),
  );
  const best = bestOf(
    known.map(([channel], index) => ({ value: channel as unknown, confidence: chances[index]! })),
    stated.preferred_channel?.value,
  );
  // a channel that does no better than one that was never tried is not preferred
  if (!best || channels[String(best.value)]!.answered === 0 || best.confidence <= (chances[known.length] ?? 0))
    return [];
  return [{ name: 'preferred_channel', ...best }];
}

function bestHour({ hours, stated }: LeadSignals): Estimate[] {
  const acts = hours.reduce((sum, each) => sum + each, 0);
  if (acts < LEAST_ACTS) return [];
  const windows = hours.map((_, hour) => {
    let inside = 0;
    for (let offset = 0; offset < WINDOW_HOURS; offset++) inside += hours[(hour + offset) % 24]!;
    return { value: hour as unknown, confidence: (inside + (PRIOR_ACTS * WINDOW_HOURS) / 24) / (acts + PRIOR_ACTS) };
  });
  return [{ name: 'best_contact_hour', ...bestOf(windows, stated.best_contact_hour?.value)! }];
}

function interests({ topics }: LeadSignals): Estimate[] {
  return Object.entries(topics)
    .filter(([, { liked, disliked }]) => liked >= LEAST_LIKES && liked > disliked)
    .map(([topic, { liked, disliked }]) => ({
      name: 'interest',
      value: topic,
      confidence: (liked + PRIOR_LIKES) / (liked + disliked + PRIOR_LIKES + PRIOR_DISLIKES),
    }))
    .sort((a, b) => b.confidence - a.confidence)
    .slice(0, INTERESTS_STATED);
}

function replyLatency({ latency: { count, sum_log_hours } }: LeadSignals): Estimate[] {
  if (count === 0) return [];
  const hours = Math.exp((PRIOR_REPLIES * PRIOR_LOG_HOURS + sum_log_hours) / (PRIOR_REPLIES + count));
  return [
    { name: 'reply_latency_hours', value: Number(hours.toPrecision(2)), confidence: count / (count + PRIOR_REPLIES) },
  ];
}

function rfm(signals: LeadSignals, now: string): Estimate[] {
  const score = rfmScore(signals, now);
  const stated = signals.stated.rfm_score?.value;
  const value = typeof stated === 'number' && Math.abs(stated - score) < MOVED_BY ? stated : Number(score.toFixed(3));
  return [{ name: 'rfm_score', value, confidence: (signals.acts + 1) / (signals.acts + 2) }];
}

/** The one with the greatest confidence; the one that was stated stays until another is better by a margin. */
function bestOf<T extends { value: unknown; confidence: number }>(
  candidates: readonly T[],
  statedValue: unknown,
): T | undefined {
  const [best] = [...candidates].sort((a, b) => b.confidence - a.confidence);
  const stated = candidates.find(({ value }) => value === statedValue);
  return best && stated && best.confidence < stated.confidence + MOVED_BY ? stated : best;
}
