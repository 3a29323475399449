import { createRandom } from '../src/config/index.js';
import { planWorld, simBounds, type WorldKind } from '../src/dataset/index.js';
import { playEngagements } from './kit/engagement-arm.js';
import { type Bench, figure } from './kit/bench.js';
import { type PairedLift, pairedLift } from './kit/paired-lift.js';

const START = '2026-01-31';
/**
 * The world as it was fixed before the first look: see docs/decisions/0012-consolidation-and-learned-preferences.md.
 */
const FULL = { seeds: 12, leads: 120, rounds: 8 };
const QUICK = { seeds: 5, leads: 60, rounds: 6 };

interface WorldResult {
  readonly without: number[];
  readonly with: number[];
  readonly oracle: number[];
  readonly random: number[];
  readonly lift: PairedLift;
}

/**
 * Whether engagement gets better by remembering: the same policy with memory and with empty tiers, in worlds whose
 * leads have likings that nobody told (the generator's truth), answered with the same luck. In a world without
 * likings memory should change nothing.
 */
export const engagementLiftBench: Bench = async ({ data, isQuick, seed, say }) => {
  const size = isQuick ? QUICK : FULL;
  const play = async (kind: WorldKind): Promise<WorldResult> => {
    const rates = { without: [] as number[], with: [] as number[], oracle: [] as number[], random: [] as number[] };
    for (let run = 0; run < size.seeds; run++) {
      const world = planWorld({
        seed: createRandom(`engagement lift ${seed} ${run}`).integer(1e9),
        kind,
        leads: size.leads,
        start: START,
      });
      for (const arm of ['without', 'with'] as const) {
        const dataDir = data.freshFolder();
        rates[arm].push(await playEngagements(world, { dataDir, rounds: size.rounds, hasMemory: arm === 'with' }));
        data.remove(dataDir);
      }
      const bounds = simBounds(world, size.rounds);
      rates.oracle.push(bounds.oracle);
      rates.random.push(bounds.random);
      say(
        `${kind} ${run + 1}: with ${percent(rates.with[run]!)}, without ${percent(rates.without[run]!)}, oracle ${percent(bounds.oracle)}, random ${percent(bounds.random)}`,
      );
    }
    return { ...rates, lift: pairedLift(rates.with, rates.without) };
  };
  const learnable = await play('preferences');
  const indifferent = await play('indifferent');
  const points = (rates: readonly number[]) => rates.map((rate) => 100 * rate);
  return {
    bench: 'engagement-lift',
    what: `good answers to ${size.leads} leads, ${size.rounds} rounds, ${size.seeds} worlds: engagement with memory against the same without`,
    figures: [
      figure('with memory', '%', points(learnable.with)),
      figure('without memory', '%', points(learnable.without)),
      figure('lower end of the lift’s 95 % interval', 'points', [100 * learnable.lift.interval[0]], { atLeast: 1e-9 }),
    ],
    limits: [
      figure('all chosen by the truth', '%', points(learnable.oracle)),
      figure('all chosen by dice', '%', points(learnable.random)),
    ],
    notes: [describe('leads with likings', learnable), describe('leads without likings', indifferent)],
  };
};

function describe(name: string, { lift, with: withMemory, without, oracle, random }: WorldResult): string {
  const mean = (rates: readonly number[]) => percent(rates.reduce((sum, rate) => sum + rate, 0) / rates.length);
  const [low, high] = lift.interval;
  return (
    `${name}: ${mean(withMemory)} with, ${mean(without)} without; lift ${points(lift.mean)} points (95 % ${points(low)} to ${points(high)}, paired t over ${lift.pairs} worlds), ` +
    `${percent(lift.relative)} of the rate without; dice ${mean(random)}, truth ${mean(oracle)}`
  );
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function points(share: number): string {
  return (100 * share).toFixed(2);
}
