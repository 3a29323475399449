import type { OptimizationInputs, OptimizationOutcome } from '../../agents/campaign-optimization/index.js';
import type { OptimizationFacts, UndoneChangeFacts } from '../../agents/core/index.js';
import type { Reader } from '../../database/index.js';
import { type Decision, type Ledger, stepsOf } from '../../decisions/index.js';

const DAY_MS = 86_400_000;
/** The limit of a step holds over so long, too. */
const LIMIT_DAYS = 7;
/** A person's undo is kept to for so long. */
const KEPT_TO_DAYS = 14;
/** More changes of one campaign than can have happened in that time. */
const MOST = 200;

/** What earlier optimizations of a campaign did lately, and what people took back of it. */
export async function readLately(
  ledger: Ledger,
  reader: Reader,
  campaignId: string,
  at: string,
): Promise<NonNullable<OptimizationFacts['lately']>> {
  const about = { kind: 'campaign.optimize', subject_id: campaignId };
  const daysAgo = (days: number) => new Date(Date.parse(at) - days * DAY_MS).toISOString();
  const applied = await ledger.since(reader, { ...about, status: 'applied', from: daysAgo(LIMIT_DAYS) }, MOST);
  // made earlier than the undo, at most twice the time that it is kept to
  const undone = await ledger.since(reader, { ...about, status: 'undone', from: daysAgo(2 * KEPT_TO_DAYS) }, MOST);
  const from = daysAgo(KEPT_TO_DAYS);
  return {
    raised_usd: Math.round(100 * applied.reduce((sum, each) => sum + raiseOf(each), 0)) / 100,
    undone: undone.filter(({ undone_at }) => undone_at! > from).flatMap(changesOf),
  };
}

/** By how much a decision raised the daily budget, in USD; 0 where it did not. */
function raiseOf({ inverse }: Decision): number {
  if (!inverse) return 0;
  return stepsOf(inverse).reduce((sum, { change, expects }) => {
    const before = (change as { daily_budget_usd?: number } | undefined)?.daily_budget_usd;
    const after = (expects as { daily_budget_usd?: number }).daily_budget_usd;
    return before === undefined || after === undefined ? sum : sum + Math.max(0, after - before);
  }, 0);
}

function changesOf({ inputs, outcome, undone_at }: Decision): UndoneChangeFacts[] {
  const { optimizations, performance_metrics } = outcome as OptimizationOutcome;
  const budget = (inputs as OptimizationInputs).facts.campaign.daily_budget_usd;
  const made = optimizations.filter(({ change }) => change !== null);
  const byItself = made.filter(({ auto_apply }) => auto_apply);
  const { roas, conversion_rate, ctr } = performance_metrics;
  return (byItself.length > 0 ? byItself : made).map(({ type, change }) => ({
    type,
    direction: Math.sign((change?.daily_budget_usd ?? budget) - budget),
    undone_at: undone_at!,
    metrics: { roas, conversion_rate, ctr },
  }));
}
