import type { Policy, PolicyResult } from '../../../decisions/index.js';
import { createRandom, type Random } from '../../../config/index.js';
import type { EngagementFacts, EscalationWish, VariantFacts } from '../../core/index.js';
import { checkWords } from '../check-words.js';
import type { ChannelCandidate, ChannelsConsidered } from '../choose-channels.js';
import { considerChannels } from './choose-channels.js';
import { chooseStrategy, type EngagementMode, type Strategy } from '../choose-strategy.js';
import { nextContactTime, quietOf, zonesOfFacts } from '../choose-time.js';
import { rankOptions, type RankedOption } from '../choose-variant.js';
import { explainChoice, toAlternative } from '../explain-choice.js';
import { surest } from '../known-facts.js';
import { liftsOf, stepsWithLift } from './explain-lifts.js';
import {
  type EngagementInputs,
  type EngagementOutcome,
  MAX_RETRIES,
  RESPONSE_TIMEOUT_SECONDS,
} from '../engagement-outcome.js';
import { planFollowUps } from '../plan-follow-ups.js';
import { scenarioOf } from '../similar-episodes.js';
import { renderBody } from './words-templates.js';
import { briefOf, writeFromTemplate } from '../write-words.js';
import { CHANNEL } from '../../../vocabulary/index.js';

const SHOWN_ALTERNATIVES = 8;
const SOFT_CALLS_TO_ACTION: ReadonlySet<string | null> = new Set(['Learn More', 'Download Guide', 'Get Audit']);
const SOFT_BONUS = 0.3;

/**
 * The second version, for the decisions that it made: it had rules of its own about consent, and words that facts do
 * not hold.
 */
export const engagementPolicyOfFacts: Policy<EngagementInputs, EngagementOutcome> = {
  name: 'thompson-engagement',
  version: '1.1.0',
  decide(inputs, seed): PolicyResult<EngagementOutcome> {
    const { facts } = inputs;
    const channels = considerChannels(facts);
    const strategy = chooseStrategy(facts);
    const refusal = refuse(facts, channels, strategy);
    if (refusal) return refusedResult(refusal);

    const random = createRandom(seed);
    const mode = strategy.name === 'slow_down' ? 'nurture' : inputs.mode;
    const options = rank(facts, channels.allowed, strategy, mode, random);
    const best = options[0]!;
    const words = chooseWords(inputs, best);
    if (!words)
      return refusedResult({
        rule: 'words_unfit',
        detail: `no words for ${best.variant.variant_id} passed the check`,
        escalation: null,
      });

    const window = chooseWindow(facts, random);
    const time = nextContactTime(facts.as_of, {
      zones: zonesOfFacts(facts.lead),
      quiet: quietOf(best.channel, facts.lead),
      window,
      weekdaysOnly: CHANNEL[best.channel].quiet?.weekends ?? false,
      share: random.next(),
    });
    const scenario = scenarioOf(facts);
    const outcome: EngagementOutcome = {
      kind: 'message',
      mode,
      strategy: strategy.name,
      scenario,
      message: {
        lead_id: facts.lead.lead_id,
        campaign_id: facts.lead.campaign_id,
        variant_id: best.variant.variant_id || null,
        channel: best.channel,
        creative_type: best.variant.creative_type,
        ...words,
        ...time,
        expected_success: best.expected,
        expected_success_interval: best.interval,
        ...(facts.known && { topic: topicOf(facts), tone: best.variant.tone }),
      },
      follow_ups: planFollowUps(facts, {
        mode,
        options,
        firstAt: time.planned_for,
        window,
        random,
        proven: stepsWithLift(facts),
      }),
      max_attempts: MAX_RETRIES + 1,
      response_timeout_seconds: RESPONSE_TIMEOUT_SECONDS,
    };
    const alternatives = options.slice(0, SHOWN_ALTERNATIVES).map(toAlternative);
    return {
      outcome,
      choice: alternatives[0]!.choice,
      confidence: shareOfDraws(options),
      alternatives,
      reasons: explainChoice(facts, {
        channels,
        strategy,
        best,
        mode,
        time,
        scenario,
        hasWindow: window !== null,
        wordsSource: words.words_source,
        lifts: facts.known ? liftsOf(best.variant, facts.episodes, facts.triples) : [],
      }),
      expected_effect: { metric: 'success_rate', estimate: best.expected, interval: best.interval },
    };
  },
};

/**
 * The first version, for the decisions that it made: it knows summaries and episodes, and neither single facts nor
 * the graph.
 */
export const engagementPolicyWithoutFacts: Policy<EngagementInputs, EngagementOutcome> = {
  name: engagementPolicyOfFacts.name,
  version: '1.0.0',
  decide(inputs, seed): PolicyResult<EngagementOutcome> {
    const { known: _, triples: __, episodes, ...facts } = inputs.facts;
    // it counted every episode once
    return engagementPolicyOfFacts.decide(
      { ...inputs, facts: { ...facts, episodes: episodes.map(({ occurrences: ___, ...episode }) => episode) } },
      seed,
    );
  },
};

type Refusal = Omit<Extract<EngagementOutcome, { kind: 'no_outreach' }>, 'kind'>;

function refuse(
  { lead, short_term: shortTerm }: EngagementFacts,
  channels: ChannelsConsidered,
  strategy: Strategy,
): Refusal | null {
  if (!lead.gdpr_consent) return { rule: 'no_consent', detail: 'the lead gave no consent', escalation: null };
  const said = `${shortTerm?.active_intent ?? ''} ${shortTerm?.last_utterance_summary ?? ''}`.toLowerCase();
  if (said.includes('unsubscribe'))
    return {
      rule: 'unsubscribed',
      detail: 'the lead asked in the last conversation not to be written to',
      escalation: null,
    };
  if (channels.allowed.length === 0) {
    const detail = channels.excluded.map(({ channel, reason }) => `${channel}: ${reason}`).join('; ');
    return { rule: 'no_channel', detail, escalation: null };
  }
  if (strategy.name === 'ask_a_person') {
    const escalation: EscalationWish = {
      reason: 'complex_request',
      summary: `${strategy.because}: a person should decide how to go on`,
      blocking: true,
    };
    return { rule: 'exhausted', detail: strategy.because, escalation };
  }
  return null;
}

function refusedResult(refusal: Refusal): PolicyResult<EngagementOutcome> {
  return {
    outcome: { kind: 'no_outreach', ...refusal },
    choice: `no_outreach:${refusal.rule}`,
    confidence: 1,
    alternatives: [{ choice: `no_outreach:${refusal.rule}`, score: 1 }],
    reasons: [refusal.detail],
    expected_effect: null,
  };
}

/** Used where a campaign has no variants of its own. */
const PLAIN_VARIANT: VariantFacts = {
  variant_id: '',
  channel: 'Email',
  creative_type: 'SubjectLine',
  subject_line: null,
  call_to_action: null,
  tone: 'Professional',
  length_words: null,
  trials: 0,
  successes: 0,
};

function rank(
  facts: EngagementFacts,
  allowed: readonly ChannelCandidate[],
  strategy: Strategy,
  mode: EngagementMode,
  random: Random,
): RankedOption[] {
  const all = facts.variants.length > 0 ? facts.variants : [PLAIN_VARIANT];
  const variants = orAll(
    all.filter(({ variant_id: id }) => !strategy.avoidVariants.has(id)),
    all,
  );
  const channels = orAll(
    allowed.filter(({ channel }) => !strategy.avoidChannels.has(channel)),
    allowed,
  );
  const soften = (variant: VariantFacts): number =>
    mode === 'nurture' && SOFT_CALLS_TO_ACTION.has(variant.call_to_action) ? SOFT_BONUS : 0;
  return rankOptions(facts, variants, channels, random, soften);
}

/**
 * From this confidence on a remembered hour is always kept to; below it, it is tried in proportion, so that other
 * hours are learned of too.
 */
const SURE_HOUR = 0.5;

/** The lead's contact window, "HH:mm-HH:mm"; null for the usual hours. */
function chooseWindow({ long_term: memory, known }: EngagementFacts, random: Random): string | null {
  const window = memory?.best_contact_time ?? null;
  const hour = known && surest(known, 'best_contact_hour');
  if (window === null || !hour || hour.confidence >= SURE_HOUR) return window;
  return random.next() < hour.confidence / SURE_HOUR ? window : null;
}

/** The interest that memory is surest of. */
function topicOf({ long_term: memory }: EngagementFacts): string | null {
  return memory?.interests[0] ?? null;
}

/** What is left after avoiding, or everything once all has been tried. */
function orAll<T>(left: readonly T[], all: readonly T[]): readonly T[] {
  return left.length > 0 ? left : all;
}

function chooseWords(inputs: EngagementInputs, best: RankedOption) {
  const { drafted_words: draft, allowed_link_hosts: hosts } = inputs;
  const template = writeFromTemplate(briefOf(inputs.facts, best, inputs.landing_base_url), inputs.facts, renderBody);
  const isForThis = draft !== null && draft.variant_id === best.variant.variant_id && draft.channel === best.channel;
  if (isForThis && checkWords(draft, best.channel, hosts).length === 0) {
    return { ...template, subject: draft.subject, body: draft.body, words_source: 'model' as const };
  }
  if (checkWords(template, best.channel, hosts).length > 0) return null;
  return { ...template, words_source: 'template' as const };
}

/** The best draw's share of the best two, 0.5 for a tie. */
function shareOfDraws([best, second]: readonly RankedOption[]): number {
  if (!best || !second) return 1;
  return Math.round((best.sampled / (best.sampled + second.sampled)) * 10_000) / 10_000;
}
