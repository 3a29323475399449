import type { Decision } from './decision.entity.js';
import { explainDecision } from './explain-decision.js';

const aDecision = (changes: Partial<Decision> = {}): Decision => ({
  decision_id: 'dec_1',
  agent_id: 'LT-001',
  agent_type: 'LeadTriage',
  kind: 'lead.triage',
  subject_type: 'lead',
  subject_id: 'L00012',
  policy_name: 'triage-rules',
  policy_version: '1.2',
  seed: 's1',
  parts: null,
  inputs: {},
  outcome: {},
  choice: 'Campaign Qualified',
  confidence: 0.875,
  facts: [{ id: 'L00012', valid_at: '2026-01-01T00:00:00.000Z', source: 'db://leads' }],
  alternatives: [
    { choice: 'Cold Lead', score: 0.05 },
    { choice: 'Campaign Qualified', score: 0.8 },
    { choice: 'General Inquiry', score: 0.123456 },
  ],
  reasons: ['The company has more than 1000 people.', 'It replied'],
  expected_effect: { metric: 'conversion_rate', estimate: 0.12, interval: [0.08, 0.16] },
  inverse: { type: 'lead.restore', expects: {} },
  is_reversible: true,
  status: 'applied',
  mode: 'automatic',
  measured_outcome: null,
  measured_at: null,
  correlation_id: null,
  created_at: '2026-01-31T09:30:00.000Z',
  undone_at: null,
  undone_by: null,
  undo_reason: null,
  ...changes,
});

describe('explainDecision', () => {
  it('tells what was decided about whom, by which policy, on what, why, what else, how sure, what is expected and whether it can be undone', () => {
    expect(explainDecision(aDecision())).toEqual([
      'On 2026-01-31T09:30:00.000Z the LeadTriage agent LT-001 decided "Campaign Qualified" (lead.triage) for lead L00012.',
      'It followed version 1.2 of the policy "triage-rules", with the seed "s1".',
      'It read 1 fact: L00012 from db://leads as of 2026-01-01T00:00:00.000Z.',
      'Its reasons: (1) The company has more than 1000 people; (2) It replied.',
      'It also weighed "General Inquiry" (0.1235), "Cold Lead" (0.05); its choice scored 0.8.',
      'It was 87.5 % sure.',
      'It expects conversion_rate of 0.12, between 0.08 and 0.16.',
      'It can be undone once ("lead.restore"), as long as the state that it left has not moved.',
    ]);
  });

  it('says so where there is nothing', () => {
    const bare = aDecision({
      facts: [],
      reasons: [],
      alternatives: [],
      expected_effect: null,
      inverse: null,
      is_reversible: false,
    });
    expect(explainDecision(bare).slice(2)).toEqual([
      'It read no facts beside its inputs.',
      'It gave no reasons.',
      'It had no other choice to weigh.',
      'It was 87.5 % sure.',
      'It states no expected effect.',
      'It cannot be undone.',
    ]);
  });

  it.each<[Partial<Decision>, string]>([
    [{ status: 'proposed' }, 'It is a proposal: nothing has been done yet, so there is nothing to undo.'],
    [{ status: 'rejected' }, 'The proposal was rejected: nothing was done.'],
    [
      { status: 'undone', undone_at: '2026-02-01T00:00:00.000Z', undone_by: 'usr_1', undo_reason: 'Wrong lead.' },
      'It was undone on 2026-02-01T00:00:00.000Z by usr_1: Wrong lead.',
    ],
  ])('ends on the state of %j', (changes, sentence) => {
    expect(explainDecision(aDecision(changes)).at(-1)).toBe(sentence);
  });

  it('names a few of many facts and the measured outcome', () => {
    const facts = Array.from({ length: 7 }, (_, index) => ({
      id: `f${index}`,
      valid_at: '2026-01-01T00:00:00.000Z',
      source: 'kg://graph',
    }));
    const text = explainDecision(
      aDecision({ facts, measured_outcome: { converted: true }, measured_at: '2026-03-01T00:00:00.000Z' }),
    ).join(' ');
    expect(text).toContain('It read 7 facts: f0 from');
    expect(text).toContain('; and 2 more.');
    expect(text).toContain('Measured on 2026-03-01T00:00:00.000Z: {"converted":true}.');
  });
});
