import type { Priority } from './priorities.js';

interface EscalationTraits {
  /** Its place in the inbox, whatever a caller said of urgency: 0 comes first; equal ones go by worth. */
  readonly rank: number;
  /** How pressing a case is when whoever raises it does not say. */
  readonly priority: Priority;
  /** Minutes in which a person has to have it; by priority where left out. */
  readonly dueMinutes?: number;
}

/** Why work goes to a person. A new reason is a row here. */
const ESCALATION_TABLE = {
  high_value: { rank: 3, priority: 'high' },
  complaint: { rank: 1, priority: 'high' },
  legal: { rank: 0, priority: 'urgent' },
  complex_request: { rank: 6, priority: 'medium' },
  low_performance: { rank: 6, priority: 'medium' },
  low_confidence: { rank: 7, priority: 'low' },
  methodology: { rank: 6, priority: 'medium' },
  /** A lead that wants to buy, asks for a call, a demo or a price. */
  hot_lead: { rank: 2, priority: 'urgent', dueMinutes: 15 },
  /** A lead answered, and a person has to read it. */
  reply: { rank: 4, priority: 'high' },
  support: { rank: 4, priority: 'high' },
  /** A message that may or may not have been delivered. */
  uncertain_delivery: { rank: 5, priority: 'medium' },
  /** A wire or provider refuses us, or no channel reaches a lead any more. */
  delivery: { rank: 6, priority: 'medium' },
} as const satisfies Record<string, EscalationTraits>;

export type EscalationReason = keyof typeof ESCALATION_TABLE;
export const ESCALATION_REASON: Readonly<Record<EscalationReason, EscalationTraits>> = ESCALATION_TABLE;
export const ESCALATION_REASONS = Object.keys(ESCALATION_TABLE) as readonly EscalationReason[];

/** Why an address is not written to any more. */
export const SUPPRESSION_REASONS = ['unsubscribe', 'bounce', 'complaint', 'manual', 'legal'] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

/** What a handoff asks of its receiver. */
export const HANDOFF_PURPOSES = ['engagement', 'nurture', 'support', 'request'] as const;
export type HandoffPurpose = (typeof HANDOFF_PURPOSES)[number];
