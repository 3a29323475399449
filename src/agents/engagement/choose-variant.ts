import type { Random } from '../../config/index.js';
import { beliefMean, betaPrior, sampleBeta, updateBelief, type BetaBelief } from '../../learning/index.js';
import type { Trials } from '../../crm/index.js';
import { stepLifts, type EngagementFacts, type VariantFacts } from '../core/index.js';
import type { ChannelCandidate } from './choose-channels.js';
import { stepOf, toneStep } from './similar-episodes.js';
import { CHANNEL, type OutreachChannel } from '../../vocabulary/index.js';

/** A variant on a channel, with the success rate that was drawn for it and the one that is expected of it. */
export interface RankedOption {
  readonly variant: VariantFacts;
  readonly channel: OutreachChannel;
  /** Drawn rate: the option with the highest is chosen. */
  readonly sampled: number;
  readonly expected: number;
  /** 95 % interval of the expected rate. */
  readonly interval: readonly [number, number];
}

/** Leads that the prior of a variant is worth. */
const PRIOR_STRENGTH = 20;
/** Leads of the overall rate that are mixed into a channel's own rate. */
const CHANNEL_SHRINKAGE = 50;
/** Success rate that is assumed before anything was ever sent, and the leads that it is worth. */
const DEFAULT_RATE = 0.3;
const DEFAULT_RATE_LEADS = 10;
/** Words made for one channel lose some of their effect on another. */
const MOVED_CHANNEL = -0.3;
const UNFITTING_CREATIVE = -0.15;
/**
 * Log-odds for a whole point of outcome in similar episodes: near one half a probability moves by a quarter of its
 * log-odds.
 */
const LIFT_LOG_ODDS = 4;
/** The same in decisions made before memory held facts. */
const EPISODE_WEIGHT_WITHOUT_FACTS = 1;

/**
 * Ranks every variant on every allowed channel by Thompson sampling.
 *
 * The belief about variant v is Beta, with prior mean expit(logit(ρ) + Δ(v's channel) + 4 · lift of its step and its
 * tone, by similar episodes and the graph), worth 20 leads, updated by the variant's own trials. Δ(c) = logit(ρ_c) −
 * logit(ρ), where ρ_c is the channel's rate among leads of the same persona, shrunk to that among all leads, shrunk
 * to the overall rate ρ. One θ_v is drawn for each variant and one ρ_c for each channel; the option's draw is
 * expit(logit θ_v + Δ(c) − Δ(v's channel) + preference + fit of the words + `bonus`).
 * @param bonus further log-odds of a variant, from the kind of sequence
 * @returns best draw first; ties by id, so that the order of the facts does not matter
 */
export function rankOptions(
  facts: EngagementFacts,
  variants: readonly VariantFacts[],
  channels: readonly ChannelCandidate[],
  random: Random,
  bonus: (variant: VariantFacts) => number = () => 0,
): RankedOption[] {
  const overall = pooledRate(Object.values(facts.channel_rates));
  const beliefOf = channelBeliefs(facts, overall);
  const liftOf = episodeLift(facts);
  const ordered = [...variants].sort((first, second) => (first.variant_id < second.variant_id ? -1 : 1));

  const channelNames = [
    ...new Set([...channels.map(({ channel }) => channel as string), ...ordered.map(({ channel }) => channel)]),
  ].sort();
  const drawnChannel = new Map(
    channelNames.map((name) => [name, sampleBeta(beliefOf(name).alpha, beliefOf(name).beta, random)]),
  );

  const options: RankedOption[] = [];
  for (const variant of ordered) {
    const priorMean = expit(logit(beliefMean(beliefOf(variant.channel))) + liftOf(variant));
    const belief = updateBelief(betaPrior(priorMean, PRIOR_STRENGTH), variant);
    const drawn = sampleBeta(belief.alpha, belief.beta, random);
    const mean = beliefMean(belief);
    const deviation = 1.96 * Math.sqrt((mean * (1 - mean)) / (belief.alpha + belief.beta + 1));
    for (const { channel, preference } of channels) {
      const own = preference + bonus(variant) + wordsFit(variant, channel);
      const moved = logit(beliefMean(beliefOf(channel))) - logit(beliefMean(beliefOf(variant.channel)));
      const drawnMove = logit(drawnChannel.get(channel)!) - logit(drawnChannel.get(variant.channel)!);
      const at = (rate: number, shift: number): number => round(expit(logit(rate) + shift + own));
      options.push({
        variant,
        channel,
        sampled: at(drawn, drawnMove),
        expected: at(mean, moved),
        interval: [at(mean - deviation, moved), at(mean + deviation, moved)],
      });
    }
  }
  // the sort is stable, so equal draws stay in the order of their ids
  return options.sort((first, second) => second.sampled - first.sampled);
}

/** What playbooks add to a variant, in log-odds. */
function episodeLift({ episodes, triples, known }: EngagementFacts): (variant: VariantFacts) => number {
  const lifts = stepLifts(episodes, triples);
  const lift = (step: string | undefined): number => (step === undefined ? 0 : (lifts.get(step) ?? 0));
  if (!known) return ({ call_to_action }) => EPISODE_WEIGHT_WITHOUT_FACTS * lift(stepOf(call_to_action));
  return ({ call_to_action, tone }) =>
    LIFT_LOG_ODDS * (lift(stepOf(call_to_action)) + (tone === null ? 0 : lift(toneStep(tone))));
}

function wordsFit(variant: VariantFacts, channel: OutreachChannel): number {
  return (
    (variant.channel === channel ? 0 : MOVED_CHANNEL) +
    (CHANNEL[channel].creativeTypes.includes(variant.creative_type) ? 0 : UNFITTING_CREATIVE)
  );
}

function channelBeliefs(facts: EngagementFacts, overall: number): (channel: string) => BetaBelief {
  const known = new Map<string, BetaBelief>();
  return (channel) => {
    let belief = known.get(channel);
    if (!belief) {
      const all = updateBelief(betaPrior(overall, CHANNEL_SHRINKAGE), facts.channel_rates[channel] ?? NOTHING);
      belief = updateBelief(
        betaPrior(beliefMean(all), CHANNEL_SHRINKAGE),
        facts.persona_channel_rates[channel] ?? NOTHING,
      );
      known.set(channel, belief);
    }
    return belief;
  };
}

const NOTHING: Trials = { trials: 0, successes: 0 };

function pooledRate(rates: readonly Trials[]): number {
  let { trials, successes } = { trials: DEFAULT_RATE_LEADS, successes: DEFAULT_RATE_LEADS * DEFAULT_RATE };
  for (const each of rates) {
    trials += each.trials;
    successes += each.successes;
  }
  return Math.min(0.99, Math.max(0.01, successes / trials));
}

/** Log-odds, held away from the infinities at 0 and 1. */
function logit(probability: number): number {
  const inside = Math.min(1 - 1e-9, Math.max(1e-9, probability));
  return Math.log(inside / (1 - inside));
}

function expit(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
