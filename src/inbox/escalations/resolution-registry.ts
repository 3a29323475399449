import { Injectable } from '@nestjs/common';
import type { Unit } from '../../database/index.js';
import { type BlockingCase, Inbox } from '../inbox.js';
import { invalid } from '../../errors/index.js';
import { RESOLUTIONS, type Resolution } from '../vocabulary.js';
import { type CaseAnswer, type CaseDescription, CLOSES_ONLY, type FormField, checkChanges } from './answers.js';
import type { Escalation } from './escalation.entity.js';
import type { EscalationReason } from '../../vocabulary/index.js';

/** What else stands between a lead and its way when one of its cases is settled. */
export interface ResolutionContext {
  /** The lead's other open cases that block it: while there are any, its way does not go on. Empty without a lead. */
  readonly remainingBlocking: readonly BlockingCase[];
}

/** Takes the flow on from a person's answer, in the unit that records the answer; what it throws undoes both. */
export type ResolutionHandler = (unit: Unit, escalation: Escalation, context: ResolutionContext) => Promise<void>;

/** Who goes on when a case has been resolved. Flows register at start-up. */
@Injectable()
export class ResolutionRegistry {
  private readonly descriptions: CaseDescription[] = [];
  private readonly handlers: { reason: EscalationReason | '*'; handler: ResolutionHandler }[] = [];

  constructor(private readonly inbox: Inbox) {}

  /** @param reason `*` for every reason */
  onResolved(reason: EscalationReason | '*', handler: ResolutionHandler): void {
    this.handlers.push({ reason, handler });
  }

  /** Says what cases take as answers and what follows from each. Of several, the first that applies speaks. */
  describe(description: CaseDescription): void {
    this.descriptions.push(description);
  }

  /** What the case takes, and what follows from it. */
  answersTo(escalation: Escalation): { answers: CaseAnswer[]; form: readonly FormField[] } {
    const { then = CLOSES_ONLY, form = [] } = this.descriptionOf(escalation) ?? {};
    const answers = RESOLUTIONS.flatMap((answer) => {
      const words = then[answer];
      return words === undefined ? [] : [{ answer, then: words }];
    });
    return { answers, form };
  }

  /** @throws AppError invalid for an answer that the case does not take, or changes that are not in its form */
  check(escalation: Escalation, resolution: Resolution, changes: Readonly<Record<string, unknown>> | undefined): void {
    const description = this.descriptionOf(escalation);
    if (!description) return;
    const { answers, form } = this.answersTo(escalation);
    if (!answers.some(({ answer }) => answer === resolution))
      throw invalid('resolution', `must be one of ${answers.map(({ answer }) => answer).join(', ')} for this case`);
    if (changes) checkChanges(form, changes);
  }

  private descriptionOf(escalation: Escalation): CaseDescription | undefined {
    return this.descriptions.find(({ appliesTo }) => appliesTo(escalation));
  }

  /** Runs the handlers of the case's reason, in the order of their registration. */
  async resolved(unit: Unit, escalation: Escalation): Promise<void> {
    const { lead_id } = escalation;
    const blocking = await this.inbox.blockingCases(unit, lead_id === null ? [] : [lead_id]);
    const context = { remainingBlocking: blocking.get(lead_id ?? '') ?? [] };
    for (const { reason, handler } of this.handlers) {
      if (reason === '*' || reason === escalation.reason) await handler(unit, escalation, context);
    }
  }
}
