import { Injectable } from '@nestjs/common';
import type { Unit } from '../../database/index.js';
import type { Inverse } from '../../decisions/index.js';
import type { Principal } from '../../operations/index.js';
import type { Approval } from './approval.entity.js';

export interface EffectContext {
  readonly approval: Approval;
  /** Who approved it. */
  readonly principal: Principal;
  /** ISO-8601 UTC. */
  readonly now: string;
}

export interface EffectOutcome {
  readonly result: Record<string, unknown>;
  /** How to take it back, for the ledger; null if it cannot be. */
  readonly inverse: Inverse | null;
}

/** How the module that owns the data carries out one kind of effect. */
export interface EffectHandler<Effect> {
  /** The state that the effect has to be judged on, as plain JSON; locks the rows. Null if they are gone. */
  // method syntax, so that a handler may name the type of its effect
  readState(unit: Unit, effect: Effect): Promise<unknown>;
  /** Why whoever asked may not have it done any more; undefined while they may. Left out where nobody asked. */
  whyNotAnyMore?(unit: Unit, effect: Effect): Promise<string | undefined>;
  /** @throws AppError if it cannot be done; nothing it wrote is then kept */
  execute(unit: Unit, effect: Effect, context: EffectContext): Promise<EffectOutcome>;
}

/** Effects that wait for approval are data; modules register at start-up how to carry each kind out. */
@Injectable()
export class EffectRegistry {
  private readonly handlers = new Map<string, EffectHandler<Record<string, unknown>>>();

  register(kind: string, handler: EffectHandler<never>): void {
    if (this.handlers.has(kind)) throw new Error(`two handlers carry out "${kind}"`);
    this.handlers.set(kind, handler as EffectHandler<Record<string, unknown>>);
  }

  /** @throws Error when there is none: asking for approval of what cannot be done is a mistake of ours */
  get(kind: string): EffectHandler<Record<string, unknown>> {
    const handler = this.handlers.get(kind);
    if (!handler) throw new Error(`nothing carries out the effect "${kind}"`);
    return handler;
  }

  has(kind: string): boolean {
    return this.handlers.has(kind);
  }
}
