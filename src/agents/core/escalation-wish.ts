import type { EscalationReason } from '../../vocabulary/index.js';

/** That an agent wants a person to look at its case, and why. */
export interface EscalationWish {
  readonly reason: EscalationReason;
  readonly summary: string;
  /** True if the flow must wait for the person; false if a person is told while the flow goes on. */
  readonly blocking: boolean;
}
