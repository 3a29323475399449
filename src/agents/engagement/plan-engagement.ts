import type { Policy, PolicyResult } from '../../decisions/index.js';
import { createRandom, type Random } from '../../config/index.js';
import { stepEvidence, type EngagementFacts, type StepEvidence, type VariantFacts } from '../core/index.js';
import { answerTo, askFor, youAskedFor } from './answer-words.js';
import { checkClaims } from './check-claims.js';
import { checkWords, type Words } from './check-words.js';
import { considerChannels, type ChannelCandidate } from './choose-channels.js';
import { chooseStrategy, type EngagementMode, type Strategy } from './choose-strategy.js';
import { nextContactTime, quietOf, zonesOfFacts } from './choose-time.js';
import { rankOptions, type RankedOption } from './choose-variant.js';
import {
  MAX_RETRIES,
  RESPONSE_TIMEOUT_SECONDS,
  type EngagementInputs,
  type EngagementOutcome,
} from './engagement-outcome.js';
import { explainChoice, toAlternative } from './explain-choice.js';
import { type Heard, heardOf } from './heard.js';
import { surest } from './known-facts.js';
import { planFollowUps } from './plan-follow-ups.js';
import { type Refusal, refuse } from './refuse.js';
import { scenarioOf, stepOf, toneStep } from './similar-episodes.js';
import { briefFor, type TemplateWords, writeFromTemplate } from './write-words.js';
import { CHANNEL } from '../../vocabulary/index.js';

const SHOWN_ALTERNATIVES = 8;
const SOFT_CALLS_TO_ACTION: ReadonlySet<string | null> = new Set(['Learn More', 'Download Guide', 'Get Audit']);
const SOFT_BONUS = 0.3;
/** An answer goes at once, in the hours in which anybody may be written to. */
const ANSWER_WINDOW = '08:00-20:00';

/** What is said, and on which channel. */
interface Choice {
  readonly options: readonly RankedOption[];
  readonly best: RankedOption;
  readonly heard: Heard;
}

/** The rule that the ledger stores and replays. */
export const engagementPolicy: Policy<EngagementInputs, EngagementOutcome> = {
  name: 'thompson-engagement',
  version: '1.2.0',
  decide(inputs, seed): PolicyResult<EngagementOutcome> {
    const { facts } = inputs;
    const channels = considerChannels(facts);
    const strategy = chooseStrategy(facts);
    const refusal = refuse(facts, channels, strategy, heardOf(facts));
    if (refusal) return refusedResult(refusal);

    const random = createRandom(seed);
    const mode = modeOf(inputs, strategy);
    const choice = choose(facts, channels.allowed, strategy, mode, random);
    if (!choice) return refusedResult(NOBODY_TO_ANSWER);
    const { options, best, heard } = choice;
    const words = chooseWords(inputs, choice);
    if (!words)
      return refusedResult({
        rule: 'words_unfit',
        detail: `no words for ${best.variant.variant_id} passed the check`,
        escalation: null,
      });

    const isAnswer = heard.hot.length > 0;
    const window = isAnswer ? ANSWER_WINDOW : chooseWindow(facts, random);
    const time = nextContactTime(facts.as_of, {
      zones: zonesOfFacts(facts.lead),
      quiet: quietOf(best.channel, facts.lead),
      window,
      weekdaysOnly: CHANNEL[best.channel].quiet?.weekends ?? false,
      share: isAnswer ? 0 : random.next(),
    });
    const scenario = scenarioOf(facts);
    const proven = provenSteps(facts);
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
        topic: isAnswer ? null : topicOf(facts),
        tone: best.variant.tone,
        ...(isAnswer && { answers: heard.hot }),
        ...(heard.askFor.length > 0 && { asks_for: heard.askFor }),
      },
      // while a person answers, nothing follows by itself
      follow_ups: isAnswer
        ? []
        : planFollowUps(facts, {
            mode,
            options,
            firstAt: time.planned_for,
            window,
            random,
            proven: [...proven.keys()],
          }),
      max_attempts: MAX_RETRIES + 1,
      response_timeout_seconds: RESPONSE_TIMEOUT_SECONDS,
    };
    const alternatives = options.slice(0, SHOWN_ALTERNATIVES).map(toAlternative);
    return {
      outcome,
      choice: toAlternative(best).choice,
      confidence: shareOfDraws(options),
      alternatives,
      reasons: [
        ...(isAnswer ? [`answers what the lead asked for: ${heard.hot.join(', ')}`] : []),
        ...(heard.askFor.length > 0 ? [`asks for ${heard.askFor.join(', ')}, which would settle a doubt`] : []),
        ...explainChoice(facts, {
          channels,
          strategy,
          best,
          mode,
          time,
          scenario,
          hasWindow: !isAnswer && window !== null,
          wordsSource: words.words_source,
          lifts: liftsOf(best.variant, proven),
        }),
      ],
      expected_effect: { metric: 'success_rate', estimate: best.expected, interval: best.interval },
    };
  },
};

/** The option that the policy will choose for the same inputs and seed, or null if it needs no draft. */
export function previewChoice(inputs: Omit<EngagementInputs, 'drafted_words'>, seed: string): RankedOption | null {
  const { facts } = inputs;
  const channels = considerChannels(facts);
  const strategy = chooseStrategy(facts);
  if (refuse(facts, channels, strategy, heardOf(facts))) return null;
  const choice = choose(facts, channels.allowed, strategy, modeOf(inputs, strategy), createRandom(seed));
  return choice && choice.heard.hot.length === 0 && choice.heard.askFor.length === 0 ? choice.best : null;
}

const NOBODY_TO_ANSWER: Refusal = {
  rule: 'with_a_person',
  detail: 'no channel reaches the lead itself: a person answers what it asked for',
  escalation: null,
};

function modeOf({ mode }: Pick<EngagementInputs, 'mode'>, strategy: Strategy): EngagementMode {
  return strategy.name === 'slow_down' ? 'nurture' : mode;
}

/**
 * What a buyer asked for is answered on the channel that the lead likes best; a question goes where it can be answered;
 * everything else by the ranking. Null where a buyer cannot be answered.
 */
function choose(
  facts: EngagementFacts,
  allowed: readonly ChannelCandidate[],
  strategy: Strategy,
  mode: EngagementMode,
  random: Random,
): Choice | null {
  const { hot, askFor: fields } = heardOf(facts);
  const direct = allowed.filter(({ channel }) => CHANNEL[channel].reach === 'direct');
  if (hot.length > 0) {
    const written = direct.filter(({ channel }) => CHANNEL[channel].layout !== 'script');
    const liked = [...written].sort((first, second) => second.preference - first.preference)[0];
    if (!liked) return null;
    const options = rankOptions(facts, [PLAIN_VARIANT], [liked], random);
    return { options, best: options[0]!, heard: { hot, askFor: [] } };
  }
  const asks = fields.length > 0 && direct.length > 0;
  const options = rank(facts, asks ? direct : allowed, strategy, mode, random);
  return { options, best: options[0]!, heard: { hot: [], askFor: asks ? fields : [] } };
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

/** Used where a campaign has no variants of its own, and for what no campaign says. */
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

/** The steps that raised the outcome of similar episodes beyond what chance explains, the best first. */
function provenSteps({ episodes }: EngagementFacts): ReadonlyMap<string, StepEvidence> {
  return new Map(
    [...stepEvidence(episodes)]
      .filter(([, { interval }]) => interval[0] > 0)
      .sort(
        ([firstStep, first], [secondStep, second]) => second.lift - first.lift || (firstStep < secondStep ? -1 : 1),
      ),
  );
}

/** What episodes prove of the chosen words; nothing where they prove nothing. */
function liftsOf({ call_to_action, tone }: VariantFacts, proven: ReadonlyMap<string, StepEvidence>): string[] {
  return [stepOf(call_to_action), tone === null ? undefined : toneStep(tone)].flatMap((step) => {
    const evidence = step === undefined ? undefined : proven.get(step);
    if (!evidence) return [];
    const [low, high] = evidence.interval;
    return `${step!.replaceAll('_', ' ')} raised the outcome by ${evidence.lift.toFixed(2)} (99.7 % ${low.toFixed(2)} to ${high.toFixed(2)}) in ${evidence.tries} such cases`;
  });
}

type ChosenWords = TemplateWords & { readonly words_source: 'template' | 'model' };

/** A model's draft for this very choice if it is fit to send, or else the template's words; null where they are not. */
function chooseWords(inputs: EngagementInputs, { best, heard }: Choice): ChosenWords | null {
  const { drafted_words: draft, allowed_link_hosts: hosts, facts } = inputs;
  const brief = briefFor(facts, best, inputs.landing_base_url);
  const held = { marketers: [brief.subject_line, brief.call_to_action], said: [youAskedFor(heard.hot)] };
  const isFit = (words: Words): boolean =>
    checkWords(words, best.channel, hosts).length === 0 && checkClaims(words, held).length === 0;
  if (heard.hot.length > 0 || heard.askFor.length > 0) {
    const words = heard.hot.length > 0 ? answerTo(heard.hot, best.channel) : askFor(heard.askFor, best.channel);
    return isFit(words) ? { ...words, call_to_action: 'Reply', link: null, words_source: 'template' } : null;
  }
  const template = writeFromTemplate(brief, facts);
  const isForThis = draft !== null && draft.variant_id === best.variant.variant_id && draft.channel === best.channel;
  if (isForThis && isFit(draft))
    return { ...template, subject: draft.subject, body: draft.body, words_source: 'model' };
  return isFit(template) ? { ...template, words_source: 'template' } : null;
}

/** The best draw's share of the best two, 0.5 for a tie. */
function shareOfDraws([best, second]: readonly RankedOption[]): number {
  if (!best || !second) return 1;
  return Math.round((best.sampled / (best.sampled + second.sampled)) * 10_000) / 10_000;
}
