import type { EscalationReason } from '../vocabulary/index.js';

/** Where a lead can stand, and what stands there for its next move. */
const STATES = {
  /** Nobody has looked at it yet. */
  new: 'nothing',
  /** A person decides first. */
  in_review: 'case',
  /** On its way to the engagement agent. */
  engaging: 'sequence',
  nurturing: 'sequence',
  outreach: 'sequence',
  /** Another strategy is being tried. */
  alternative: 'sequence',
  /** A person answers what it asked. */
  in_support: 'case',
  /** It said something, and a person has it. */
  answered: 'case',
  /** Ends, each until something happens that opens the way again. */
  no_consent: 'end',
  unreachable: 'end',
  /** Nothing is under way here: it came from elsewhere, or its sequence is over. */
  dormant: 'end',
  closed: 'end',
  converted: 'end',
} as const satisfies Record<string, 'nothing' | 'sequence' | 'case' | 'end'>;

export type FlowState = keyof typeof STATES;
export const FLOW_STATES = Object.keys(STATES) as readonly FlowState[];
/** States in which a lead is under way: it has a next time, an open case, or it is stranded. */
export const UNDER_WAY = FLOW_STATES.filter((state) => ['sequence', 'case'].includes(STATES[state]));
/** Those in which a person has it. */
export const WITH_PERSON = FLOW_STATES.filter((state) => STATES[state] === 'case');
/** Those in which its way is over, until something opens it again. */
export const AT_REST = FLOW_STATES.filter((state) => STATES[state] === 'end');
/** Those in which a sequence carries it. */
export const IN_SEQUENCE = FLOW_STATES.filter((state) => STATES[state] === 'sequence');

/** What can happen to a lead, whichever door told it. */
export const FLOW_EVENTS = [
  // what triage found, or a person in its place
  'qualified',
  'cold',
  'inquiry',
  'doubtful',
  // what engagement did, or could not do
  'message_planned',
  'consent_missing',
  'no_channel',
  'no_success',
  'completed',
  // what became of a message
  'bounced',
  'delivery_failed',
  'delivery_uncertain',
  'held_for_good',
  // what the person did
  'answered',
  'hot_answer',
  'auto_replied',
  'reacted',
  'opted_out',
  'complained',
  'converted',
  'consent_given',
  'consent_withdrawn',
  'suppressed',
  'suppression_lifted',
  'address_changed',
  'colleague_answered',
  // what we did
  'campaign_paused',
  'campaign_resumed',
  'campaign_ended',
  'dismissed',
  'reopened',
  'handled',
] as const;
export type FlowEvent = (typeof FLOW_EVENTS)[number];

/**
 * end: the sequence is over · pause, resume: it waits, goes on · step: the next step is decided now, not at its time ·
 * cancel: what has not gone out does not · triage: the lead is looked at anew · case: a person has to see it.
 */
export type FlowEffect =
  'end' | 'pause' | 'resume' | 'step' | 'cancel' | 'triage' | { readonly case: EscalationReason };

export interface Way {
  readonly to: FlowState;
  readonly effects: readonly FlowEffect[];
}
type Moves = Partial<Record<FlowEvent, Partial<Way>>>;

const STOP = ['end', 'cancel'] as const;

/** From anywhere but where a row below says otherwise. */
const ANYWHERE: Moves = {
  qualified: { to: 'engaging' },
  cold: { to: 'nurturing' },
  inquiry: { to: 'in_support', effects: STOP },
  doubtful: { to: 'in_review', effects: STOP },
  message_planned: { to: 'outreach' },
  // whoever asked for a message, to whomever: without a way to send it there is no sequence
  consent_missing: { to: 'no_consent', effects: STOP },
  no_channel: { to: 'unreachable', effects: STOP },
  delivery_uncertain: { effects: [{ case: 'uncertain_delivery' }] },
  answered: { to: 'answered', effects: [...STOP, { case: 'reply' }] },
  hot_answer: { to: 'answered', effects: [...STOP, { case: 'hot_lead' }] },
  opted_out: { to: 'no_consent', effects: STOP },
  consent_withdrawn: { to: 'no_consent', effects: STOP },
  complained: { to: 'in_review', effects: [...STOP, { case: 'complaint' }] },
  campaign_ended: { effects: ['cancel'] },
  converted: { to: 'converted', effects: STOP },
  dismissed: { to: 'closed', effects: STOP },
  reopened: { to: 'new', effects: [...STOP, 'triage'] },
  handled: { to: 'dormant', effects: STOP },
};

/** Where a sequence carries the lead. */
const CARRIED: Moves = {
  ...ANYWHERE,
  no_success: { to: 'alternative' },
  completed: { to: 'dormant', effects: ['end'] },
  bounced: { effects: ['step'] },
  delivery_failed: { effects: ['step'] },
  held_for_good: { effects: ['step'] },
  colleague_answered: { to: 'dormant', effects: STOP },
  campaign_paused: { effects: ['pause'] },
  campaign_resumed: { effects: ['resume'] },
  campaign_ended: { to: 'dormant', effects: STOP },
};

/** Where a person has it: what comes in is added to what that person sees. */
const HELD_BY_PERSON: Moves = {
  ...ANYWHERE,
  consent_missing: { effects: STOP },
  no_channel: { effects: STOP },
  handled: { to: 'dormant' },
};

/** Where the way is over until what stood against it is gone. */
const HALTED: Moves = {
  ...ANYWHERE,
  consent_given: { to: 'new', effects: ['triage'] },
  suppression_lifted: { to: 'new', effects: ['triage'] },
  address_changed: { to: 'new', effects: ['triage'] },
  // a case that a person has seen to takes nothing away of what stands against messages
  handled: { effects: STOP },
};

/** Where nothing is under way: what the lead does, or agrees to, is a reason to look at it anew. */
const RESTING: Moves = {
  ...ANYWHERE,
  reacted: { effects: ['triage'] },
  consent_given: { effects: ['triage'] },
  address_changed: { effects: ['triage'] },
};

/** The lead's way as data: state × event → next state and effects. What is not listed changes nothing. */
const TRANSITIONS: Readonly<Record<FlowState, Moves>> = {
  // it keeps its place for triage, which weighs what it said
  new: { ...ANYWHERE, answered: { effects: [{ case: 'reply' }] }, hot_answer: { effects: [{ case: 'hot_lead' }] } },
  in_review: {
    ...HELD_BY_PERSON,
    answered: { effects: ['cancel', { case: 'reply' }] },
    hot_answer: { effects: ['cancel', { case: 'hot_lead' }] },
  },
  engaging: CARRIED,
  nurturing: { ...CARRIED, message_planned: {}, no_success: {}, reacted: { effects: ['triage'] } },
  outreach: CARRIED,
  alternative: CARRIED,
  in_support: HELD_BY_PERSON,
  answered: HELD_BY_PERSON,
  no_consent: HALTED,
  unreachable: HALTED,
  dormant: RESTING,
  // a person closed it, and what it does by the way opens nothing
  closed: ANYWHERE,
  converted: {
    converted: { effects: STOP },
    answered: { effects: [{ case: 'reply' }] },
    hot_answer: { effects: [{ case: 'hot_lead' }] },
    complained: { effects: ['cancel', { case: 'complaint' }] },
    opted_out: { effects: ['cancel'] },
    consent_withdrawn: { effects: ['cancel'] },
    delivery_uncertain: { effects: [{ case: 'uncertain_delivery' }] },
  },
};

/** Where an event leads from a state, and what has to be done about it; pure. Who stands nowhere known is new. */
export function wayOf(state: string, event: FlowEvent): Way {
  const from = FLOW_STATES.includes(state as FlowState) ? (state as FlowState) : 'new';
  const { to = from, effects = [] } = TRANSITIONS[from][event] ?? {};
  return { to, effects };
}

/** The state after an event. */
export function nextState(state: string, event: FlowEvent): FlowState {
  return wayOf(state, event).to;
}
