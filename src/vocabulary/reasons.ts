/** Why work goes to a person. */
export const ESCALATION_REASONS = [
  'high_value',
  'complaint',
  'legal',
  'complex_request',
  'low_performance',
  'low_confidence',
  'methodology',
] as const;
export type EscalationReason = (typeof ESCALATION_REASONS)[number];

/** Why an address is not written to any more. */
export const SUPPRESSION_REASONS = ['unsubscribe', 'bounce', 'complaint', 'manual', 'legal'] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

/** What a handoff asks of its receiver. */
export const HANDOFF_PURPOSES = ['engagement', 'nurture', 'support', 'request'] as const;
export type HandoffPurpose = (typeof HANDOFF_PURPOSES)[number];
