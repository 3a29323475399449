import { Injectable } from '@nestjs/common';
import type { Unit } from '../../database/index.js';
import type { Escalation } from './escalation.entity.js';
import type { EscalationReason } from '../../vocabulary/index.js';

/** Takes the flow on from a person's answer, in the unit that records the answer; what it throws undoes both. */
export type ResolutionHandler = (unit: Unit, escalation: Escalation) => Promise<void>;

/** Who goes on when a case has been resolved. Flows register at start-up. */
@Injectable()
export class ResolutionRegistry {
  private readonly handlers: { reason: EscalationReason | '*'; handler: ResolutionHandler }[] = [];

  /** @param reason `*` for every reason */
  onResolved(reason: EscalationReason | '*', handler: ResolutionHandler): void {
    this.handlers.push({ reason, handler });
  }

  /** Runs the handlers of the case's reason, in the order of their registration. */
  async resolved(unit: Unit, escalation: Escalation): Promise<void> {
    for (const { reason, handler } of this.handlers) {
      if (reason === '*' || reason === escalation.reason) await handler(unit, escalation);
    }
  }
}
