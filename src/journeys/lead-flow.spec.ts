import { FLOW_STATES, type FlowEvent, nextState } from './lead-flow.js';

const EVENTS: readonly FlowEvent[] = [
  'qualified',
  'cold',
  'inquiry',
  'doubtful',
  'message_planned',
  'consent_missing',
  'no_success',
  'converted',
  'dismissed',
];
const pairs = FLOW_STATES.flatMap((state) => EVENTS.map((event) => [state, event] as const));

describe('the lead’s way', () => {
  it.each(pairs)('from %s by %s leads to a known state', (state, event) =>
    expect(FLOW_STATES).toContain(nextState(state, event)),
  );

  it.each(FLOW_STATES)('ends with a conversion from %s, and stays there', (state) => {
    expect(nextState(state, 'converted')).toBe('converted');
    for (const event of EVENTS) expect(nextState('converted', event)).toBe('converted');
  });

  it.each(FLOW_STATES.filter((state) => state !== 'converted'))('goes by the triage’s finding from %s', (state) => {
    expect(nextState(state, 'qualified')).toBe('engaging');
    expect(nextState(state, 'cold')).toBe('nurturing');
    expect(nextState(state, 'inquiry')).toBe('in_support');
    expect(nextState(state, 'doubtful')).toBe('in_review');
    expect(nextState(state, 'dismissed')).toBe('closed');
  });

  it.each<[string, FlowEvent[], string]>([
    ['to outreach', ['qualified', 'message_planned'], 'outreach'],
    ['to a halt without consent', ['qualified', 'consent_missing'], 'no_consent'],
    ['through the slow sequence', ['cold', 'message_planned', 'message_planned', 'no_success'], 'nurturing'],
    ['through another strategy', ['qualified', 'message_planned', 'no_success', 'message_planned'], 'outreach'],
    [
      'to an end when that does not help either',
      ['qualified', 'message_planned', 'no_success', 'no_success'],
      'closed',
    ],
    ['past a person', ['doubtful', 'qualified', 'message_planned'], 'outreach'],
    ['back from the end', ['doubtful', 'dismissed', 'qualified'], 'engaging'],
  ])('leads %s', (_, events, end) => expect(events.reduce<string>(nextState, 'new')).toBe(end));

  it('begins anew for a lead that stands nowhere known', () => expect(nextState('lost', 'qualified')).toBe('engaging'));
});
