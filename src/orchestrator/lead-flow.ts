/** Where a lead can stand, and what moves it on. */
export const FLOW_STATES = [
  'new', 'in_review', 'engaging', 'nurturing', 'in_support', 'outreach', 'no_consent', 'converted', 'alternative', 'closed',
] as const;
export type FlowState = (typeof FLOW_STATES)[number];

export type FlowEvent =
  | 'qualified' | 'cold' | 'inquiry' | 'doubtful' | 'message_planned' | 'consent_missing' | 'no_success' | 'converted' | 'dismissed';

/** What triage finds puts a lead on its way, wherever it stood. */
const TRIAGED = { qualified: 'engaging', cold: 'nurturing', inquiry: 'in_support', doubtful: 'in_review' } as const;
const ENGAGED = { message_planned: 'outreach', consent_missing: 'no_consent', no_success: 'alternative' } as const;

/** The lead's way as data: state × event → next state. What is not listed leaves the lead where it is. */
const TRANSITIONS: Readonly<Record<FlowState, Partial<Record<FlowEvent, FlowState>>>> = {
  new: { ...TRIAGED, ...ENGAGED },
  in_review: { ...TRIAGED, ...ENGAGED },
  engaging: { ...TRIAGED, ...ENGAGED },
  nurturing: { ...TRIAGED, consent_missing: 'no_consent' },
  in_support: { ...TRIAGED, ...ENGAGED },
  outreach: { ...TRIAGED, ...ENGAGED },
  no_consent: { ...TRIAGED, ...ENGAGED },
  alternative: { ...TRIAGED, ...ENGAGED, no_success: 'closed' },
  converted: {},
  closed: { ...TRIAGED },
};

/** The state after an event. A conversion ends the way from anywhere, and so does a person who dismisses a lead that has not converted. */
export function nextState(state: string, event: FlowEvent): FlowState {
  const from = FLOW_STATES.includes(state as FlowState) ? (state as FlowState) : 'new';
  if (event === 'converted' || from === 'converted') return 'converted';
  if (event === 'dismissed') return 'closed';
  return TRANSITIONS[from][event] ?? from;
}
