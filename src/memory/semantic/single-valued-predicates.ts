/**
 * Predicates of which a subject has one object at a time: a new object ends the validity of the one before. All
 * others may hold of several objects at once, and an entry can say otherwise of itself (`is_single_valued`). The data
 * set's own predicates are not among them: it states `preferred_channel` and `located_in` of whole markets, with
 * several objects each.
 */
export const SINGLE_VALUED_PREDICATES: ReadonlySet<string> = new Set([
  'assigned_to',
  'best_next_action',
  'has_budget',
  'has_role',
  'has_stage',
  'has_status',
  'has_timeline',
  'headquartered_in',
  'lives_in',
  'owned_by',
  'reports_to',
  'speaks',
  'uses_plan',
  'works_at',
]);
