import { createHash } from 'node:crypto';
import { optimizationPolicy, optimizationPolicyWithoutMemory } from './campaign-optimization/index.js';
import { engagementPolicy, engagementPolicyOfFacts, engagementPolicyWithoutFacts } from './engagement/index.js';
import { triagePolicy, triagePolicyOfMemory, triagePolicyWithoutMemory } from './lead-triage/index.js';
import {
  recordedEngagementInputs,
  recordedEngagementInputsWithFacts,
  recordedOptimizationInputs,
  recordedTriageInputs,
  recordedTriageInputsWithMemory,
} from './recorded-inputs.fixture.js';

/** Of the answers that the first versions gave, taken before anything was changed. */
const RECORDED = {
  'evidence-triage': 'eb52051ae7d9f2a895977f418c5051e40c0cd34dfaeea7823b11b6cabc6897c0',
  'thompson-engagement': 'd078998a43b0f4cb79520feb6808a2eb972aff2145463f4d3f4bae04391cb8c7',
  'evidence-optimizer': '18d6ee05a23973566d41dbfb7192c4cf9ddfdeb74b65f3d31349dd66644d243a',
};
const digest = (answers: unknown[]) => createHash('sha256').update(JSON.stringify(answers)).digest('hex');

it.each([
  [
    triagePolicyWithoutMemory,
    () => recordedTriageInputs(120).map((inputs) => triagePolicyWithoutMemory.decide(inputs, 'seed')),
  ],
  [
    engagementPolicyWithoutFacts,
    () =>
      recordedEngagementInputs(120).map((inputs, index) =>
        engagementPolicyWithoutFacts.decide(inputs, `seed ${index}`),
      ),
  ],
  [
    optimizationPolicyWithoutMemory,
    () =>
      recordedOptimizationInputs(40).map((inputs, index) =>
        optimizationPolicyWithoutMemory.decide(inputs, `seed ${index}`),
      ),
  ],
] as const)(
  'version 1.0.0 of a policy still answers to the last bit what it answered when it was the only one',
  ({ name, version }, answers) => {
    expect(version).toBe('1.0.0');
    expect(digest(answers())).toBe(RECORDED[name as keyof typeof RECORDED]);
  },
);

it('version 1.1.0 of triage still answers to the last bit what it answered when it was the newest', () => {
  expect(triagePolicyOfMemory.version).toBe('1.1.0');
  const answers = recordedTriageInputsWithMemory(120).map((inputs) => triagePolicyOfMemory.decide(inputs, 'seed'));
  expect(digest(answers)).toBe('dbe1f34268338059c496d6b3ab293b93e5247af5fb7ab6799e193d5ab681d6c0');
});

it('version 1.1.0 of engagement still answers to the last bit what it answered when it was the newest', () => {
  expect(engagementPolicyOfFacts.version).toBe('1.1.0');
  const answers = recordedEngagementInputsWithFacts(120).map((inputs, index) =>
    engagementPolicyOfFacts.decide(inputs, `seed ${index}`),
  );
  expect(digest(answers)).toBe('f282895e0897bfe45c4e9989ca43566bcddcb8b92217d6f27b8a40ff1a2ad3a2');
});

it('the newer versions go by other numbers', () => {
  expect([triagePolicy, engagementPolicy, optimizationPolicy].map(({ version }) => version)).toEqual([
    '1.2.0',
    '1.2.0',
    '1.2.0',
  ]);
});
