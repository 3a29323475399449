import { ESCALATION_REASONS } from '../vocabulary/index.js';
import { sortKey } from './sort-key.js';

const EARLY = '2026-03-02T09:00:00.000Z';
const LATE = '2026-03-02T10:00:00.000Z';
type Waiting = Parameters<typeof sortKey>;

describe('sortKey', () => {
  it('goes by the reason first: legal, complaint, hot, high value, support, uncertain, the rest', () => {
    const inOrder = [...ESCALATION_REASONS].sort((a, b) => (sortKey(a, 0, EARLY) < sortKey(b, 0, EARLY) ? -1 : 1));
    expect(inOrder.slice(0, 4)).toEqual(['legal', 'complaint', 'hot_lead', 'high_value']);
    expect(inOrder.slice(4, 7).sort()).toEqual(['reply', 'support', 'uncertain_delivery']);
    expect(inOrder.at(-1)).toBe('low_confidence');
  });

  it.each<[string, Waiting, Waiting]>([
    [
      'within a reason what waits longer comes first, whatever it is worth',
      ['complaint', 0, EARLY],
      ['complaint', 900, LATE],
    ],
    ['of the rest what is worth more comes first', ['low_confidence', 900, LATE], ['low_confidence', 12.5, EARLY]],
    [
      'of the rest what is worth the same and waits longer comes first',
      ['delivery', 5, EARLY],
      ['low_performance', 5, LATE],
    ],
    ['a fortune is no more than a place', ['low_confidence', 1e300, LATE], ['low_confidence', 1e6, EARLY]],
    ['an approval stands with the rest', ['uncertain_delivery', 0, LATE], ['approval', 1_000, EARLY]],
    ['what is worth nothing, or not a number, comes last', ['approval', 0.01, LATE], ['approval', NaN, EARLY]],
  ])('%s', (_, first, second) => {
    expect(sortKey(...first) < sortKey(...second)).toBe(true);
  });
});
