/** Where a lead can stand, and what moves it on. */
export const FLOW_STATES = [
  'new',
  'in_review',
  'engaging',
  'nurturing',
  'in_support',
  'outreach',
  'no_consent',
  'converted',
  'alternative',
  'closed',
] as const;
export type FlowState = (typeof FLOW_STATES)[number];

export type FlowEvent =
  | 'qualified'
  | 'cold'
  | 'inquiry'
  | 'doubtful'
  | 'message_planned'
  | 'consent_missing'
  | 'no_success'
  | 'converted'
  | 'dismissed';

/** What triage finds puts a lead on its way, wherever it stands, and a message on its way to a lead is outreach. */
const ANYWHERE = {
  qualified: 'engaging',
  cold: 'nurturing',
  inquiry: 'in_support',
  doubtful: 'in_review',
  message_planned: 'outreach',
} as const;
/** What else engagement finds about a lead that it is to engage. */
const ENGAGED = { consent_missing: 'no_consent', no_success: 'alternative' } as const;

/** The lead's way as data: state × event → next state. What is not listed leaves the lead where it is. */
const TRANSITIONS: Readonly<Record<FlowState, Partial<Record<FlowEvent, FlowState>>>> = {
  new: ANYWHERE,
  in_review: ANYWHERE,
  engaging: { ...ANYWHERE, ...ENGAGED },
  nurturing: { ...ANYWHERE, message_planned: 'nurturing', consent_missing: 'no_consent' },
  in_support: ANYWHERE,
  outreach: { ...ANYWHERE, ...ENGAGED },
  no_consent: ANYWHERE,
  alternative: { ...ANYWHERE, consent_missing: 'no_consent', no_success: 'closed' },
  converted: {},
  closed: ANYWHERE,
};

/**
 * The state after an event. A conversion ends the way from anywhere, and so does a person who dismisses a lead that
 * has not converted.
 */
export function nextState(state: string, event: FlowEvent): FlowState {
  const from = FLOW_STATES.includes(state as FlowState) ? (state as FlowState) : 'new';
  if (event === 'converted' || from === 'converted') return 'converted';
  if (event === 'dismissed') return 'closed';
  return TRANSITIONS[from][event] ?? from;
}
