import type { Priority } from './priorities.js';

interface EscalationTraits {
  /** Its place in the inbox, whatever a caller said of urgency: 0 comes first. */
  readonly rank: number;
  /** How pressing a case is when whoever raises it does not say. */
  readonly priority: Priority;
  /** Minutes in which a person has to have it; by priority where left out. */
  readonly dueMinutes?: number;
  /** While such a case is open, nothing is sent to its lead; unless whoever raises it says otherwise. */
  readonly blocks: boolean;
  /** What the lead or the campaign does, as the title of a case goes on after its name. */
  readonly words: string;
}

/** Why work goes to a person. A new reason is a row here. */
const ESCALATION_TABLE = {
  high_value: { rank: 3, priority: 'high', blocks: false, words: 'may be worth much' },
  complaint: { rank: 1, priority: 'high', blocks: true, words: 'complains' },
  legal: { rank: 0, priority: 'urgent', blocks: true, words: 'raises a legal matter' },
  complex_request: { rank: 6, priority: 'medium', blocks: true, words: 'asks for more than an agent may decide' },
  low_performance: { rank: 6, priority: 'medium', blocks: false, words: 'performs badly' },
  low_confidence: { rank: 7, priority: 'low', blocks: true, words: 'is hard to judge' },
  methodology: { rank: 6, priority: 'medium', blocks: false, words: 'asks for another method' },
  /** A lead that wants to buy, asks for a call, a demo or a price. */
  hot_lead: { rank: 2, priority: 'urgent', dueMinutes: 15, blocks: true, words: 'wants to buy' },
  /** A lead answered, and a person has to read it. */
  reply: { rank: 4, priority: 'high', blocks: true, words: 'answered' },
  support: { rank: 4, priority: 'high', blocks: true, words: 'asks for help' },
  /** A message that may or may not have been delivered. */
  uncertain_delivery: { rank: 5, priority: 'medium', blocks: false, words: 'may not have got a message' },
  /** A wire or provider refuses us, or no channel reaches a lead any more. */
  delivery: { rank: 6, priority: 'medium', blocks: false, words: 'is not reached' },
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
