export const ESCALATION_STATUSES = ['open', 'claimed', 'resolved'] as const;
export type EscalationStatus = (typeof ESCALATION_STATUSES)[number];
export const UNRESOLVED: readonly EscalationStatus[] = ['open', 'claimed'];

/** answered: a person has seen to it themselves, as in a talk or a reply. */
export const RESOLUTIONS = ['approve', 'reject', 'change', 'return', 'answered'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

/**
 * pending → executed | rejected | failed (the effect was refused) | lapsed (effect or state moved) | expired (too
 * late). Approving and carrying out are one unit, so a row is seen at `approved` only where an effect is carried out
 * elsewhere.
 */
export const APPROVAL_STATUSES = [
  'pending',
  'approved',
  'rejected',
  'lapsed',
  'expired',
  'executed',
  'failed',
] as const;
export type ApprovalStatus = (typeof APPROVAL_STATUSES)[number];

/** Outbox topics: something came into the inbox, or asks for attention again. The payloads are in inbox.ts. */
export const ESCALATION_RAISED = 'escalation.raised';
export const APPROVAL_REQUESTED = 'approval.requested';
