import type { EscalationWish } from '../core/index.js';
import type { TriageCategory } from '../../vocabulary/index.js';
import type { Reading } from './read-intent.js';
import type { TriageRoute } from './triage-outcome.js';

/**
 * The lead's way after triage. What must wait for a person goes there; who asks for what a buyer asks for is answered
 * at once, and who asks for help goes to the support desk, however sure the category is. In doubt it takes the safe
 * way: the support desk where there is something to answer, the slow sequence otherwise. Everything else follows its
 * category.
 */
export function chooseRoute(
  category: TriageCategory,
  reading: Pick<Reading, 'hot' | 'wantsSupport' | 'hasSpoken'>,
  escalations: readonly EscalationWish[],
  { isLow, asks }: { isLow: boolean; asks: boolean },
): TriageRoute {
  if (escalations.some((wish) => wish.blocking)) return 'person';
  if (reading.hot.length > 0) return 'engagement';
  if (reading.wantsSupport) return 'support';
  if (asks) return 'nurture';
  if (isLow) return category === 'General Inquiry' && reading.hasSpoken ? 'support' : 'nurture';
  switch (category) {
    case 'Campaign Qualified':
      return 'engagement';
    case 'Cold Lead':
      return 'nurture';
    case 'General Inquiry':
      return 'support';
  }
}
