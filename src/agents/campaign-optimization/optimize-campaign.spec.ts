import { createRandom } from '../../config/index.js';
import { someDays, someOptimizationFacts } from '../core/facts.fixture.js';
import { optimizationPolicy, optimizeCampaign, type OptimizationInputs } from './optimize-campaign.js';
import { DEFAULT_CONSTRAINTS } from './recommendation.js';
import { estimateSpendResponse } from './spend-response.js';

type Facts = Parameters<typeof someOptimizationFacts>[0];

function inputsFor(over: Facts = {}, rest: Partial<OptimizationInputs> = {}): OptimizationInputs {
  return {
    facts: someOptimizationFacts(over),
    triggers: null,
    current_metrics: {},
    constraints: DEFAULT_CONSTRAINTS,
    ...rest,
  };
}
const optimize = (over: Facts = {}, rest: Partial<OptimizationInputs> = {}) =>
  optimizeCampaign(inputsFor(over, rest), 'seed');
const fired = (result: ReturnType<typeof optimize>) =>
  result.triggers.filter((finding) => finding.fired).map(({ trigger }) => trigger);
const find = (result: ReturnType<typeof optimize>, type: string) =>
  result.optimizations.find((each) => each.type === type);

describe('data points', () => {
  it('says nothing before 100 clicks', () => {
    const result = optimize({ daily: someDays(3) });
    expect(result).toMatchObject({ optimizations: [], triggers: [], escalations: [], data_points: 93 });
  });

  it('adds up money without the error of binary floats', () => {
    const daily = someDays(10, () => ({ cost_usd: 0.1, revenue_usd: 0.7 }));
    expect(optimize({ daily }).performance_metrics).toMatchObject({ cost_usd: 1, revenue_usd: 7, roas: 7 });
  });
});

describe('triggers', () => {
  it('leaves a campaign alone that is like the others', () => {
    expect(fired(optimize())).toEqual([]);
  });

  it.each([
    ['low_ctr', () => ({ clicks: 12 })],
    ['high_cpl', () => ({ leads_created: 2 })],
    ['poor_conversion_rate', (index: number) => ({ conversions: index % 3 === 0 ? 1 : 0 })],
    ['low_roas', () => ({ revenue_usd: 150 })],
    ['fatigue', (index: number) => ({ clicks: 45 - index })],
    ['pacing', () => ({ cost_usd: 40, revenue_usd: 170, leads_created: 3 })],
  ] as const)('sees %s', (trigger, day) => {
    expect(fired(optimize({ daily: someDays(30, day) }))).toContain(trigger);
  });

  it('examines only the ones asked for', () => {
    const result = optimize(
      { daily: someDays(30, () => ({ clicks: 12, revenue_usd: 150 })) },
      { triggers: ['low_ctr', 'high_cpl'] },
    );
    expect(result.triggers.map(({ trigger }) => trigger)).toEqual(['low_ctr', 'high_cpl']);
    expect(result.optimizations.map(({ type }) => type)).not.toContain('pause');
  });

  it('lets the caller’s figures override the series', () => {
    const result = optimize({}, { current_metrics: { ctr: 0.012, cpl_usd: 45.67, conversion_rate: 0.023 } });
    expect(result.performance_metrics).toMatchObject({ ctr: 0.012, cpl_usd: 45.67, conversion_rate: 0.023 });
    expect(fired(result)).toEqual(expect.arrayContaining(['low_ctr', 'high_cpl', 'poor_conversion_rate']));
  });

  it('raises few false alarms among campaigns that differ by chance only', () => {
    let alarms = 0;
    for (let run = 0; run < 60; run++) {
      const random = createRandom(run);
      const countClicks = (): number =>
        Array.from({ length: 1000 }, () => random.next()).filter((u) => u < 0.03).length;
      const daily = someDays(30, () => ({ clicks: countClicks() }));
      alarms += fired(optimizeCampaign(inputsFor({ daily }, { triggers: ['low_ctr', 'fatigue'] }), `${run}`)).length;
    }
    expect(alarms).toBeLessThanOrEqual(6);
  });
});

describe('budget', () => {
  // revenue = 40 · cost^0.6 on days whose spend varies threefold
  const curve = (scale: number) => (index: number) => {
    const cost = 60 + ((index * 37) % 100);
    return { cost_usd: cost, revenue_usd: Number((scale * cost ** 0.6 * (1 + 0.02 * Math.sin(index))).toFixed(2)) };
  };

  it('finds the elasticity that made the days', () => {
    expect(estimateSpendResponse(someDays(40, curve(40)), 'seed')!.elasticity).toBeCloseTo(0.6, 1);
  });

  it('raises by the permitted step where the next dollar pays, and can be undone', () => {
    const budget = find(
      optimize({ daily: someDays(40, curve(40)), campaign: { daily_budget_usd: 110 } }),
      'budget_reallocation',
    )!;
    expect(budget).toMatchObject({
      change: { daily_budget_usd: 121 },
      inverse: { daily_budget_usd: 110 },
      auto_apply: true,
    });
    const [low, high] = budget.impact_interval;
    expect(low).toBeLessThan(budget.impact_estimate);
    expect(budget.impact_estimate).toBeLessThan(high);
  });

  it('never raises beyond the constraint', () => {
    const constraints = { ...DEFAULT_CONSTRAINTS, max_budget_increase: 0 };
    const result = optimize({ daily: someDays(40, curve(40)), campaign: { daily_budget_usd: 110 } }, { constraints });
    expect(find(result, 'budget_reallocation')).toBeUndefined();
  });

  it('lowers where the last dollar does not pay', () => {
    const result = optimize({ daily: someDays(40, curve(8)), campaign: { daily_budget_usd: 110 } });
    expect(find(result, 'budget_reallocation')).toMatchObject({
      change: { daily_budget_usd: 88 },
      inverse: { daily_budget_usd: 110 },
    });
  });

  it('releases what is never spent, but leaves a deep cut to a person', () => {
    const result = optimize({ campaign: { daily_budget_usd: 5000 } });
    expect(find(result, 'budget_reallocation')).toMatchObject({
      impact_metric: 'unused_budget_share',
      auto_apply: false,
    });
  });

  it('acts on active campaigns only', () => {
    const facts: Facts = { daily: someDays(40, curve(40)), campaign: { daily_budget_usd: 110, status: 'ended' } };
    expect(find(optimize(facts), 'budget_reallocation')).toMatchObject({
      auto_apply: false,
      auto_apply_reason: 'the campaign is ended',
    });
  });
});

describe('audience and creatives', () => {
  const weak = someDays(30, (index) => ({ conversions: index % 3 === 0 ? 1 : 0 }));
  const personas = [
    { persona: 'CMO', trials: 300, successes: 60 },
    { persona: 'Founder', trials: 300, successes: 15 },
  ];

  it('stops targeting a persona that surely converts worse', () => {
    const audience = find(optimize({ daily: weak, personas }), 'audience_refinement');
    expect(audience).toMatchObject({
      change: { target_personas: ['CMO'] },
      inverse: { target_personas: ['CMO', 'Founder'] },
      auto_apply: true,
    });
  });

  it('leaves the audience alone when told to', () => {
    const result = optimize(
      { daily: weak, personas },
      { constraints: { ...DEFAULT_CONSTRAINTS, preserve_audience: true } },
    );
    expect(find(result, 'audience_refinement')).toBeUndefined();
    expect(result.notes.join()).toContain('preserved');
  });

  it('stops a variant that is surely not the best', () => {
    const variants = [
      { variant_id: 'A', channel: 'Email', trials: 400, successes: 160 },
      { variant_id: 'B', channel: 'Email', trials: 400, successes: 80 },
    ];
    const creative = find(optimize({ variants }), 'creative_optimization');
    expect(creative).toMatchObject({
      change: { excluded_variant_ids: ['B'] },
      inverse: { excluded_variant_ids: [] },
      auto_apply: true,
    });
    // (0.4 / 0.3) − 1
    expect(creative!.impact_estimate).toBeCloseTo(1 / 3, 1);
  });

  it('keeps out what an earlier optimization took out', () => {
    const variants = [
      { variant_id: 'A', channel: 'Email', trials: 400, successes: 160 },
      { variant_id: 'B', channel: 'Email', trials: 400, successes: 80 },
    ];
    const creative = find(optimize({ variants, campaign: { excluded_variant_ids: ['Z'] } }), 'creative_optimization');
    expect(creative).toMatchObject({
      change: { excluded_variant_ids: ['Z', 'B'] },
      inverse: { excluded_variant_ids: ['Z'] },
    });
  });

  it('asks for new creatives where clicks are few and no variant stands out', () => {
    const result = optimize({ daily: someDays(30, () => ({ clicks: 12 })) });
    expect(find(result, 'creative_optimization')).toMatchObject({ change: null, auto_apply: false });
  });
});

describe('losing campaigns', () => {
  const losing = someDays(30, (index) => ({ revenue_usd: 40 + (index % 5), conversions: 1 }));

  it('go to a person, who may pause them', () => {
    const result = optimize({ daily: losing });
    expect(result.escalations).toEqual([expect.objectContaining({ reason: 'low_performance', blocking: true })]);
    expect(find(result, 'pause')).toMatchObject({
      change: { status: 'paused' },
      inverse: { status: 'active' },
      auto_apply: false,
    });
  });

  it('are not escalated while enough clicks convert', () => {
    expect(optimize({ daily: losing }, { current_metrics: { conversion_rate: 0.06 } }).escalations).toEqual([]);
  });
});

it('gives a bit-identical result when replayed from stored JSON', () => {
  const inputs = inputsFor({ daily: someDays(40) });
  const first = optimizationPolicy.decide(inputs, 'seed');
  const replayed = optimizationPolicy.decide(JSON.parse(JSON.stringify(inputs)) as OptimizationInputs, 'seed');
  expect(JSON.stringify(replayed)).toBe(JSON.stringify(first));
  expect(JSON.parse(JSON.stringify(first))).toEqual(first);
});
