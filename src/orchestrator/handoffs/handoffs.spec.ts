import { contextHash } from './handoffs.js';

const CONTEXT = {
  context: { triage_category: 'Campaign Qualified', lead_score: 85, notes: null },
  preservation_data: {
    short_term_memory: { slots: { a: 1, b: [2, 3] } },
    conversation_history: [{ text: 'hi' }],
    next_actions: ['call'],
  },
};

describe('the hash of a handoff’s context', () => {
  it('is the same after a way through JSON, and whatever the order of the fields', () => {
    const turned = {
      preservation_data: JSON.parse(JSON.stringify(CONTEXT.preservation_data)),
      context: { notes: null, lead_score: 85, triage_category: 'Campaign Qualified' },
    };
    expect(contextHash(turned)).toBe(contextHash(CONTEXT));
  });

  it.each<[string, (copy: typeof CONTEXT) => void]>([
    ['a value', ({ context }) => void (context.lead_score = 84)],
    ['a field that is gone', ({ context }) => void delete (context as { notes?: null }).notes],
    ['a deep value', ({ preservation_data }) => void (preservation_data.short_term_memory.slots.b[1] = 4)],
    ['the order of the history', ({ preservation_data }) => void preservation_data.next_actions.unshift('wait')],
    ['an end that was cut off', ({ preservation_data }) => void preservation_data.conversation_history.pop()],
  ])('differs by %s', (_, change) => {
    const copy = structuredClone(CONTEXT);
    change(copy);
    expect(contextHash(copy)).not.toBe(contextHash(CONTEXT));
  });
});
