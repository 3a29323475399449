import type { CampaignDay } from '../../agents/core/index.js';
import { measureChange } from './measure-change.js';

const at = '2026-01-15T09:00:00.000Z';

/** Days from the first of January on, alike but for what `day` says. */
function someDays(count: number, day: (index: number) => Partial<CampaignDay> = () => ({})): CampaignDay[] {
  return Array.from({ length: count }, (_, index) => ({
    date: new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10),
    impressions: 1000,
    clicks: 30,
    leads_created: 6,
    conversions: 1,
    cost_usd: 90,
    revenue_usd: 400,
    ...day(index),
  }));
}

it('holds the days after a change against the fortnight before it', () => {
  const daily = someDays(22, (index) => ({
    cost_usd: 100,
    revenue_usd: index < 14 ? 300 : 600,
    clicks: 30,
    impressions: 1000,
  }));
  // the 15th is index 14 and counts on neither side
  expect(measureChange(daily, at, 'budget_reallocation')).toEqual({
    metric: 'roas',
    before: 3,
    after: 6,
    outcome: 0.666667,
    days: [14, 7],
  });
  expect(measureChange(daily, at, 'creative_optimization')).toMatchObject({ metric: 'ctr', outcome: 0.5 });
});

it.each([
  ['six days after it', 21, 'budget_reallocation'],
  ['a pause', 30, 'pause'],
] as const)('says nothing of %s', (_, days, type) => {
  expect(measureChange(someDays(days), at, type)).toBeUndefined();
});

it('says nothing where there is nothing to compare', () => {
  expect(
    measureChange(
      someDays(30, () => ({ cost_usd: 0 })),
      at,
      'budget_reallocation',
    ),
  ).toBeUndefined();
  expect(measureChange(someDays(30), '2025-12-01T00:00:00.000Z', 'budget_reallocation')).toBeUndefined();
});
