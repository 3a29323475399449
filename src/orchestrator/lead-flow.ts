/** Where a lead can stand, and what moves it on. */
export const FLOW_STATES = [
  'new', 'in_review', 'engaging', 'nurturing', 'in_support', 'outreach', 'no_consent', 'converted', 'alternative', 'closed',
] as const;
export type FlowState = (typeof FLOW_STATES)[number];

export type FlowEvent =
  | 'qualified' | 'cold' | 'inquiry' | 'doubtful' | 'message_planned' | 'consent_missing' | 'no_success' | 'converted' | 'dismissed';

/** The lead's way as data: state × event → next state. What is not listed leaves the lead where it is. */
const TRANSITIONS: Readonly<Record<FlowState, Partial<Record<FlowEvent, FlowState>>>> = {
  new: { qualified: 'engaging', cold: 'nurturing', inquiry: 'in_support', doubtful: 'in_review' },
  in_review: { qualified: 'engaging', cold: 'nurturing', inquiry: 'in_support', doubtful: 'in_review', dismissed: 'closed' },
  engaging: { message_planned: 'outreach', consent_missing: 'no_consent', dismissed: 'closed' },
  nurturing: { qualified: 'engaging', message_planned: 'nurturing', consent_missing: 'no_consent', inquiry: 'in_support', doubtful: 'in_review' },
  in_support: { qualified: 'engaging', cold: 'nurturing', doubtful: 'in_review', dismissed: 'closed' },
  outreach: { no_success: 'alternative', message_planned: 'outreach', qualified: 'engaging', cold: 'nurturing', inquiry: 'in_support', doubtful: 'in_review' },
  no_consent: { qualified: 'engaging', cold: 'nurturing', inquiry: 'in_support', doubtful: 'in_review' },
  alternative: { message_planned: 'outreach', no_success: 'closed', qualified: 'engaging', cold: 'nurturing', inquiry: 'in_support', doubtful: 'in_review' },
  converted: {},
  closed: { qualified: 'engaging', cold: 'nurturing', inquiry: 'in_support', doubtful: 'in_review' },
};

/** The state after an event. A conversion ends the way from anywhere. */
export function nextState(state: string, event: FlowEvent): FlowState {
  const from = FLOW_STATES.includes(state as FlowState) ? (state as FlowState) : 'new';
  if (event === 'converted') return 'converted';
  return TRANSITIONS[from][event] ?? from;
}
