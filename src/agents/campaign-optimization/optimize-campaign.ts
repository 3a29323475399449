import type { Policy, PolicyResult } from '../../decisions/index.js';
import type { EscalationWish, OptimizationFacts } from '../core/index.js';
import { findTriggers, TRIGGERS, type Trigger, type TriggerFinding } from './find-triggers.js';
import { addUp, measureCampaign, type PerformanceMetrics, type RatioMetric } from './measure-campaign.js';
import { keptFrom } from './keep-to-undo.js';
import { holdForHistory } from './recall-changes.js';
import { recommendAudience } from './recommend-audience.js';
import { recommendBudget, recommendPause } from './recommend-budget.js';
import { recommendCreative } from './recommend-creative.js';
import { judge, type Draft, type OptimizationConstraints, type Recommendation } from './recommendation.js';
import { estimateSpendResponse } from './spend-response.js';

export interface OptimizationInputs {
  readonly facts: OptimizationFacts;
  /** The triggers to examine; null for all. */
  readonly triggers: readonly Trigger[] | null;
  /** Figures that the caller knows better than the daily series. */
  readonly current_metrics: Partial<Record<RatioMetric, number>>;
  readonly constraints: OptimizationConstraints;
}

export interface OptimizationOutcome {
  readonly optimizations: readonly Recommendation[];
  readonly performance_metrics: PerformanceMetrics;
  readonly triggers: readonly TriggerFinding[];
  /** Clicks observed: each is a person that could go on or not. */
  readonly data_points: number;
  readonly escalations: readonly EscalationWish[];
  readonly notes: readonly string[];
}

/** Fewer clicks than this say too little about a campaign. */
export const MIN_DATA_POINTS = 100;
const LOSING_ROAS = 1;
const POOR_CONVERSION_RATE = 0.05;

/** The triggers that make a change of audience or creatives worth looking for. */
const AUDIENCE_TRIGGERS: ReadonlySet<Trigger> = new Set(['poor_conversion_rate', 'high_cpl', 'low_roas']);
const CREATIVE_TRIGGERS: ReadonlySet<Trigger> = new Set(['low_ctr', 'fatigue', 'poor_conversion_rate']);
const BUDGET_TRIGGERS: ReadonlySet<Trigger> = new Set(['pacing', 'low_roas', 'high_cpl']);

/**
 * Examines a campaign and says what would make it better, by how much, how surely, and whether it may be done at
 * once.
 */
export function optimizeCampaign(
  { facts, triggers, current_metrics: current, constraints }: OptimizationInputs,
  seed: string,
): OptimizationOutcome {
  const totals = addUp(facts.daily);
  const metrics = measureCampaign(totals, current);
  const dataPoints = totals.clicks;
  if (dataPoints < MIN_DATA_POINTS) {
    const note = `${dataPoints} clicks so far; a campaign is judged from ${MIN_DATA_POINTS} on`;
    return {
      optimizations: [],
      performance_metrics: metrics,
      triggers: [],
      data_points: dataPoints,
      escalations: [],
      notes: [note],
    };
  }
  const wanted = triggers ?? TRIGGERS;
  const findings = findTriggers(facts, metrics, wanted, seed);
  const fired = new Set(findings.filter((finding) => finding.fired).map(({ trigger }) => trigger));
  const finding = (trigger: Trigger): TriggerFinding | undefined => findings.find((each) => each.trigger === trigger);
  const notes: string[] = [];

  const drafts: Draft[] = [];
  if (wanted.some((trigger) => BUDGET_TRIGGERS.has(trigger))) {
    const response = estimateSpendResponse(facts.daily, seed);
    if (!response) notes.push('too few days with spend and revenue to estimate what the next dollar brings');
    drafts.push(...recommendPause(facts, metrics, finding('low_roas'), response));
    drafts.push(...recommendBudget(facts, finding('pacing'), response, constraints, notes));
  }
  if (wanted.some((trigger) => CREATIVE_TRIGGERS.has(trigger)))
    drafts.push(...recommendCreative(facts, findings, seed));
  if ([...fired].some((trigger) => AUDIENCE_TRIGGERS.has(trigger))) {
    if (constraints.preserve_audience) notes.push('the audience is to be preserved, so no change of it was looked for');
    else drafts.push(...recommendAudience(facts));
  }

  const worthwhile = drafts.filter(({ impact_estimate: impact }) => impact >= constraints.min_improvement);
  if (worthwhile.length < drafts.length)
    notes.push(`${drafts.length - worthwhile.length} ideas left out: improvement below ${constraints.min_improvement}`);
  const kept = worthwhile.filter((draft) => {
    const reason = keptFrom(facts, metrics, draft);
    if (reason !== undefined) notes.push(`left out: ${reason}`);
    return reason === undefined;
  });
  const waiting = waitsForDays(facts);
  const optimizations = kept
    .map((draft) =>
      judge(
        { ...draft, hold: draft.hold ?? waiting ?? holdForHistory(facts, draft.type) },
        facts.campaign.status,
        constraints,
      ),
    )
    .sort((first, second) => second.impact_estimate - first.impact_estimate);
  return {
    optimizations,
    performance_metrics: metrics,
    triggers: findings,
    data_points: dataPoints,
    escalations: escalate(metrics),
    notes,
  };
}

/** The rule that the ledger stores and replays. */
export const optimizationPolicy: Policy<OptimizationInputs, OptimizationOutcome> = {
  name: 'evidence-optimizer',
  version: '1.2.0',
  decide(inputs, seed): PolicyResult<OptimizationOutcome> {
    const outcome = optimizeCampaign(inputs, seed);
    const [best] = outcome.optimizations;
    const isEscalated = outcome.escalations.length > 0;
    const pGain = best?.evidence.p_gain;
    return {
      outcome,
      choice: isEscalated ? 'escalate' : (best?.type ?? 'keep_watching'),
      confidence:
        typeof pGain === 'number' ? pGain : Math.min(1, outcome.data_points / (outcome.data_points + MIN_DATA_POINTS)),
      alternatives: [
        ...outcome.optimizations.map(({ type, impact_estimate: score, auto_apply: auto, impact_metric: metric }) => ({
          choice: type,
          score,
          auto_apply: auto,
          metric,
        })),
        { choice: 'keep_watching', score: 0 },
      ],
      reasons: [
        ...outcome.escalations.map(({ reason, summary }) => `${reason}: ${summary}`),
        ...outcome.triggers.map(({ trigger, fired, reason }) => `${trigger}${fired ? ' fired' : ''}: ${reason}`),
        ...outcome.optimizations.map(
          ({ description, auto_apply: auto, auto_apply_reason: why }) =>
            `${description} (${auto ? 'acts' : 'proposes'}: ${why})`,
        ),
        ...outcome.notes,
      ],
      expected_effect: best
        ? { metric: best.impact_metric, estimate: best.impact_estimate, interval: best.impact_interval }
        : null,
    };
  },
};

/** The version before, for the decisions that it made: it knows nothing of what was done and undone lately. */
export const optimizationPolicyOfSingleSteps: Policy<OptimizationInputs, OptimizationOutcome> = {
  name: optimizationPolicy.name,
  version: '1.1.0',
  decide(inputs, seed): PolicyResult<OptimizationOutcome> {
    const { lately: _, ...facts } = inputs.facts;
    return optimizationPolicy.decide({ ...inputs, facts }, seed);
  },
};

/** The first version, for the decisions that it made: it knows nothing of how earlier changes turned out. */
export const optimizationPolicyWithoutMemory: Policy<OptimizationInputs, OptimizationOutcome> = {
  name: optimizationPolicy.name,
  version: '1.0.0',
  decide(inputs, seed): PolicyResult<OptimizationOutcome> {
    const { episodes: _, triples: __, lately: ___, ...facts } = inputs.facts;
    return optimizationPolicy.decide({ ...inputs, facts }, seed);
  },
};

/** The same days justify one step: the next is taken by itself only when a day after the last one has been reported. */
function waitsForDays({ campaign: { optimized_at: at }, daily }: OptimizationFacts): string | null {
  const lastDay = daily.at(-1)?.date;
  if (!at || (lastDay !== undefined && lastDay > at.slice(0, 10))) return null;
  return `no day since the change of ${at.slice(0, 10)} has been reported yet`;
}

function escalate({ roas, conversion_rate: rate }: PerformanceMetrics): EscalationWish[] {
  if (roas === null || rate === null || roas >= LOSING_ROAS || rate >= POOR_CONVERSION_RATE) return [];
  const summary = `roas ${roas.toFixed(2)} and ${(100 * rate).toFixed(1)} % of clicks convert: the campaign loses money`;
  return [{ reason: 'low_performance', summary, blocking: true }];
}
