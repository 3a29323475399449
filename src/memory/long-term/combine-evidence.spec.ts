import { combineEvidence, withEvidence } from './combine-evidence.js';
import type { Evidence } from './fact.js';

const said = (source: Evidence['source'], confidence: number, source_id: string | null = null): Evidence => ({
  source,
  source_id,
  confidence,
  at: '2026-03-01T00:00:00.000Z',
});

describe('combineEvidence', () => {
  it.each<[string, Evidence[], number]>([
    ['nothing', [], 0],
    ['one statement is worth what it says', [said('api', 0.7)], 0.7],
    // 1 − 0.4·(1 − ¼·0.6) = 0.66
    ['a source that repeats itself adds little', [said('api', 0.6), said('api', 0.6)], 0.66],
    // 1 − 0.4·(1 − ¾·0.6) = 0.78
    ['another source adds much', [said('api', 0.6), said('triage', 0.6)], 0.78],
    // strongest first: 1 − 0.2·(1 − ¾·0.5)·(1 − ¼·0.4) = 0.8875
    [
      'the strongest counts in full, whatever the order',
      [said('api', 0.4), said('triage', 0.5), said('api', 0.8)],
      0.8875,
    ],
    ['a certain statement stays certain', [said('api', 1), said('triage', 0.2)], 1],
  ])('%s', (_, evidence, expected) => {
    expect(combineEvidence(evidence)).toBeCloseTo(expected, 12);
    expect(combineEvidence([...evidence].reverse())).toBeCloseTo(expected, 12);
  });

  it('does not become certain by repetition, and never falls with more evidence', () => {
    let evidence: Evidence[] = [];
    let before = 0;
    for (let index = 0; index < 60; index++) {
      evidence = withEvidence(evidence, said(index % 2 ? 'api' : 'conversation', 0.1 + (index % 7) / 10, `e${index}`));
      const after = combineEvidence(evidence);
      expect(after).toBeGreaterThanOrEqual(before);
      before = after;
    }
    expect(before).toBeLessThanOrEqual(0.99);
    expect(before).toBeGreaterThan(0.95);
    expect(evidence).toHaveLength(12);
  });
});

describe('withEvidence', () => {
  it('counts the same evidence once, with its latest confidence, and takes it back at 0', () => {
    const first = withEvidence([said('import', 0.7)], said('triage', 0.5, 'dec_1'));
    expect(withEvidence(first, said('triage', 0.8, 'dec_1'))).toEqual([
      said('import', 0.7),
      said('triage', 0.8, 'dec_1'),
    ]);
    expect(withEvidence(first, said('triage', 0, 'dec_1'))).toEqual([said('import', 0.7)]);
    expect(withEvidence(first, said('engagement', 0.5, 'dec_1'))).toHaveLength(3);
  });
});
