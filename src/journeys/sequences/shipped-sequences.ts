import type { SequenceDefinition } from './sequence-definition.js';

/** The sequences that Herald comes with: stored at the first start, and edited like any other from then on. */
export const SHIPPED_SEQUENCES: readonly {
  readonly sequence_id: string;
  readonly name: string;
  readonly definition: SequenceDefinition;
}[] = [
  {
    sequence_id: 'engage',
    name: 'Engage qualified leads',
    definition: {
      entry: 'qualified',
      pace: 'engage',
      steps: [
        { id: 'first', wait_days: 0, does: 'agent' },
        { id: 'second', wait_days: 3, does: 'agent' },
        { id: 'third', wait_days: 4, does: 'agent' },
      ],
      closing_days: 7,
      then: 'nurture',
      exit: [],
      goal: [],
      reentry: { allowed: 'after', days: 7 },
    },
  },
  {
    sequence_id: 'nurture',
    name: 'Nurture cold leads',
    definition: {
      entry: 'cold',
      pace: 'nurture',
      // days 0, 7, 21 and 45
      steps: [
        { id: 'first', wait_days: 0, does: 'agent' },
        { id: 'second', wait_days: 7, does: 'agent' },
        { id: 'third', wait_days: 14, does: 'agent' },
        { id: 'fourth', wait_days: 24, does: 'agent' },
      ],
      closing_days: 14,
      then: null,
      exit: [],
      goal: [],
      reentry: { allowed: 'after', days: 30 },
    },
  },
];
