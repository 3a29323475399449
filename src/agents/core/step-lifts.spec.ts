import type { EpisodeFacts, TripleFacts } from './facts.js';
import { stepLifts } from './step-lifts.js';

const episode = (steps: string[], outcome_score: number, occurrences?: number): EpisodeFacts => ({
  episode_id: 'E',
  scenario: 's',
  action_sequence: steps,
  outcome_score,
  ...(occurrences !== undefined && { occurrences }),
});
const lesson = (predicate: string, object: string, weight: number): TripleFacts => ({
  triple_id: `T-${predicate}`,
  subject: 's',
  predicate,
  object,
  weight,
  valid_from: null,
});

describe('stepLifts', () => {
  it('knows nothing where nothing is remembered', () => {
    expect([...stepLifts([])]).toEqual([]);
  });

  it('is the distance from the mean, shrunk by n / (n + 5)', () => {
    // mean 0.5; one episode with the step, which ended 0.5 above it
    expect(stepLifts([episode(['a'], 1), episode(['b'], 0)]).get('a')).toBeCloseTo(0.5 / 6, 10);
  });

  it('counts what happened again as often as it happened', () => {
    const again = stepLifts([episode(['a'], 1, 3), episode(['b'], 0, 3)]);
    const apart = stepLifts([
      ...Array.from({ length: 3 }, () => episode(['a'], 1)),
      ...Array.from({ length: 3 }, () => episode(['b'], 0)),
    ]);
    expect(again.get('a')).toBeCloseTo(apart.get('a')!, 10);
  });

  it('takes a lesson for what it assumes, the less the more was tried', () => {
    const triples = [lesson('works_with', 'a', 0.4)];
    expect(stepLifts([], triples).get('a')).toBe(0.4);
    expect(stepLifts([episode(['a'], 0.5, 5)], triples).get('a')).toBeCloseTo(0.2, 10);
  });

  it('weighs lessons that contradict each other, in any order, and passes over other statements', () => {
    const triples = [lesson('works_with', 'a', 0.6), lesson('fails_with', 'a', 0.2), lesson('mentions', 'a', 1)];
    expect(stepLifts([], triples).get('a')).toBeCloseTo(0.4, 10);
    expect(stepLifts([], [...triples].reverse()).get('a')).toBeCloseTo(0.4, 10);
  });
});
