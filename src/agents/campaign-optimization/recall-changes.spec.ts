import type { EpisodeFacts, TripleFacts } from '../core/index.js';
import { someOptimizationFacts } from '../core/facts.fixture.js';
import { holdForHistory, recallChanges } from './recall-changes.js';

const tried = (type: string, outcome_score: number, occurrences: number): EpisodeFacts => ({
  episode_id: `E-${type}-${outcome_score}`,
  scenario: 'campaign_change',
  action_sequence: [type],
  outcome_score,
  occurrences,
});
const lesson = (predicate: string, object: string, weight: number): TripleFacts => ({
  triple_id: 'T1',
  subject: 'campaign_change',
  predicate,
  object,
  weight,
  valid_from: null,
});
const facts = (episodes: EpisodeFacts[], triples: TripleFacts[] = []) => someOptimizationFacts({ episodes, triples });

describe('how changes of a kind turned out before', () => {
  it('is not known where memory is empty, and then holds nothing back', () => {
    expect(recallChanges(facts([]), 'pause')).toBeUndefined();
    expect(recallChanges(someOptimizationFacts(), 'pause')).toBeUndefined();
    expect(holdForHistory(facts([]), 'pause')).toBeNull();
  });

  it('is the mean over every time, shrunk towards no difference', () => {
    expect(
      recallChanges(
        facts([tried('budget_reallocation', 0.2, 3), tried('budget_reallocation', 0.4, 2), tried('pause', 1, 9)]),
        'budget_reallocation',
      ),
    ).toEqual({ tries: 5, mean_outcome: expect.closeTo(0.28, 10), lift: expect.closeTo(-0.11, 10) });
  });

  it('holds a change back that made things worse often enough, and says so', () => {
    expect(holdForHistory(facts([tried('budget_reallocation', 0.2, 5)]), 'budget_reallocation')).toBe(
      '5 changes of this kind made things worse (mean outcome 0.20, 0.5 is no difference)',
    );
    expect(holdForHistory(facts([tried('budget_reallocation', 0.2, 1)]), 'budget_reallocation')).toBeNull();
    expect(holdForHistory(facts([tried('budget_reallocation', 1, 50)]), 'budget_reallocation')).toBeNull();
  });

  it('goes by the graph where no episode is at hand', () => {
    expect(holdForHistory(facts([], [lesson('fails_with', 'pause', 0.3)]), 'pause')).toContain('mean outcome 0.20');
    expect(holdForHistory(facts([tried('pause', 0.6, 5)], [lesson('fails_with', 'pause', 0.3)]), 'pause')).toBeNull();
  });
});
