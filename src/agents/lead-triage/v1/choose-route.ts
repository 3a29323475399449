import type { TriageRoute } from '../triage-outcome.js';
import type { EscalationWish } from '../../core/index.js';
import type { TriageCategory } from '../../../vocabulary/index.js';

/**
 * The lead's way after triage. What must wait for a person goes there; a lead that only has to be asked for missing
 * fields is asked in the slow sequence; everything else follows its category.
 */
export function chooseRoute(
  category: TriageCategory,
  escalations: readonly EscalationWish[],
  asksFirst: boolean,
): TriageRoute {
  if (escalations.some((wish) => wish.blocking)) return 'person';
  if (asksFirst) return 'nurture';
  switch (category) {
    case 'Campaign Qualified':
      return 'engagement';
    case 'Cold Lead':
      return 'nurture';
    case 'General Inquiry':
      return 'support';
  }
}
