import type { Policy, PolicyResult } from './agent-decision.js';
import { PolicyRegistry } from './policy-registry.js';
import { replay } from './replay.js';

const answer = (changes: Partial<PolicyResult> = {}): PolicyResult => ({
  outcome: { score: 1 / 3 },
  choice: 'yes',
  confidence: 0.9,
  alternatives: [],
  reasons: ['because'],
  expected_effect: null,
  ...changes,
});
const recorded = { ...answer(), inputs: { visits: 3 }, seed: 's' };
const policy = (decide: Policy['decide']): Policy => ({ name: 'p', version: '1', decide });

describe('replay', () => {
  it('is identical when every part is, fields left undefined and all', () => {
    const outcome = replay(
      recorded,
      policy(() => answer({ outcome: { score: 1 / 3, note: undefined } })),
    );
    expect(outcome).toEqual({
      isIdentical: true,
      isFlip: false,
      choice: 'yes',
      confidence: 0.9,
      differences: [],
      failure: null,
    });
  });

  it('finds the last bit', () => {
    const outcome = replay(
      recorded,
      policy(() => answer({ outcome: { score: 1 / 3 + Number.EPSILON / 4 } })),
    );
    expect(outcome).toMatchObject({ isIdentical: false, isFlip: false, differences: [{ path: 'outcome.score' }] });
  });

  it('tells a flip from a change', () => {
    expect(
      replay(
        recorded,
        policy(() => answer({ choice: 'no' })),
      ),
    ).toMatchObject({ isFlip: true, choice: 'no', differences: [{ path: 'choice', before: 'yes', after: 'no' }] });
  });

  it('hands out copies: a policy cannot change the record', () => {
    replay(
      recorded,
      policy((inputs) => {
        (inputs as { visits: number }).visits = 99;
        return answer();
      }),
    );
    expect(recorded.inputs).toEqual({ visits: 3 });
  });

  it('reports a policy that cannot decide on these inputs', () => {
    const outcome = replay(
      recorded,
      policy(() => {
        throw new Error('inputs.region is missing');
      }),
    );
    expect(outcome).toMatchObject({
      isIdentical: false,
      isFlip: false,
      choice: null,
      failure: 'inputs.region is missing',
    });
  });
});

describe('PolicyRegistry', () => {
  it('refuses a second policy of the same name and version', () => {
    const registry = new PolicyRegistry();
    const first = policy(() => answer());
    registry.register(first);
    registry.register(first);
    registry.register({ ...first, version: '2' });
    expect(registry.versionsOf('p')).toEqual(['1', '2']);
    expect(() => registry.register(policy(() => answer()))).toThrow('two policies are called "p" 1');
  });
});
