import type { TriageFacts } from '../core/index.js';

/**
 * The facts as the verdict sees them. Silence and age count in whole days (UTC), and our own sends are no part of the
 * lead's history: the same lead judged again minutes later, or after we wrote to it, gets the same verdict.
 */
export function steadyFacts(facts: TriageFacts): TriageFacts {
  const { history } = facts;
  return {
    ...facts,
    as_of: `${facts.as_of.slice(0, 10)}T00:00:00.000Z`,
    history: { ...history, total: history.total - history.sends, sends: 0 },
  };
}
