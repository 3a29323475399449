/**
 * How many days each kind of row stays, with the default of the setting `HERALD_KEEP_<KIND>_DAYS`. What is a record of
 * what was decided, agreed or objected to stays longest; what only tells how the server was used goes first.
 */
export const KEEP_DAYS = {
  /** Answers that are kept to be given again. */
  answer: 1,
  /** Work that is done, kept so that the same promise is not carried out twice. */
  work: 7,
  /** Dead letters. */
  dead_letter: 90,
  /** Calls, requests, sessions and accesses as the server journals its own; imported ones stay. */
  journal: 30,
  /** Sign-ins and refusals. */
  security: 365,
  /** Who did what. */
  audit: 730,
  /** Handoffs that are over. */
  handoff: 365,
  /** What agents did, in the words of the data set. */
  action: 730,
  /** What happened between us and a lead: interactions, and messages that have come to an end. */
  contact: 1095,
  /** Settled cases and approvals. */
  case: 1095,
  /** Decisions with their outcomes. */
  decision: 2555,
  /** Reports of the consolidation, and which events of a lead were counted. */
  consolidation: 180,
  /** Sign-in tokens after their end. */
  session: 7,
} as const;

export type KeepKind = keyof typeof KEEP_DAYS;

export const keepSetting = (kind: KeepKind): string => `HERALD_KEEP_${kind.toUpperCase()}_DAYS`;
