import {
  FLOW_EVENTS,
  FLOW_STATES,
  type FlowEffect,
  type FlowEvent,
  IN_SEQUENCE,
  UNDER_WAY,
  nextState,
  wayOf,
} from './lead-flow.js';

const pairs = FLOW_STATES.flatMap((state) => FLOW_EVENTS.map((event) => [state, event] as const));
const casesOf = (effects: readonly FlowEffect[]) =>
  effects.flatMap((effect) => (typeof effect === 'object' ? effect.case : []));

describe('the lead’s way', () => {
  it.each(pairs)('from %s by %s leads to a known state, and strands nobody', (state, event) => {
    const { to, effects } = wayOf(state, event);
    expect(FLOW_STATES).toContain(to);
    // whoever leaves the sequences has no sequence behind it, but for a triage that says where to next
    if (IN_SEQUENCE.includes(state) && !IN_SEQUENCE.includes(to)) expect(effects).toContain('end');
    // whoever is handed to a person has a case: triage raises its own
    const byTriage = ['inquiry', 'doubtful'].includes(event);
    if (to !== state && UNDER_WAY.includes(to) && !IN_SEQUENCE.includes(to) && !byTriage)
      expect(casesOf(effects)).not.toEqual([]);
  });

  it.each(FLOW_STATES)('ends with a conversion from %s, and stays there', (state) => {
    expect(nextState(state, 'converted')).toBe('converted');
    for (const event of FLOW_EVENTS) expect(nextState('converted', event)).toBe('converted');
  });

  it.each(FLOW_STATES)('lets nothing more go out from %s after an objection', (state) => {
    for (const event of ['opted_out', 'consent_withdrawn', 'complained'] as const)
      expect(wayOf(state, event).effects).toContain('cancel');
  });

  it.each(FLOW_STATES)('shows a person every answer from %s, and ends the sequence', (state) => {
    const { effects } = wayOf(state, 'hot_answer');
    expect(casesOf(effects)).toEqual(['hot_lead']);
    if (IN_SEQUENCE.includes(state)) expect(effects).toEqual(expect.arrayContaining(['end', 'cancel']));
  });

  it.each(FLOW_STATES)('is not moved from %s by what machines do', (state) =>
    expect(wayOf(state, 'auto_replied')).toEqual({ to: state, effects: [] }),
  );

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
    ['from there to a new look', ['qualified', 'consent_missing', 'consent_given'], 'new'],
    ['through the slow sequence', ['cold', 'message_planned', 'message_planned', 'no_success'], 'nurturing'],
    ['through another strategy', ['qualified', 'message_planned', 'no_success', 'message_planned'], 'outreach'],
    ['to rest when the sequence is over', ['cold', 'message_planned', 'completed'], 'dormant'],
    ['past a person', ['doubtful', 'qualified', 'message_planned'], 'outreach'],
    ['back from the end', ['doubtful', 'dismissed', 'qualified'], 'engaging'],
    ['past an answer that a person settled', ['cold', 'message_planned', 'answered', 'handled'], 'dormant'],
  ])('leads %s', (_, events, end) => expect(events.reduce<string>(nextState, 'new')).toBe(end));

  it('begins anew for a lead that stands nowhere known', () => expect(nextState('lost', 'qualified')).toBe('engaging'));
});
