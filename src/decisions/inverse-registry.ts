import { Injectable } from '@nestjs/common';
import type { Reader, Unit } from '../database/index.js';
import { conflict } from '../errors/index.js';
import type { Principal } from '../operations/index.js';
import type { Decision } from './decision.entity.js';
import type { Inverse } from './inverse.js';

export interface UndoContext {
  readonly principal: Principal;
  /** ISO-8601 UTC. */
  readonly now: string;
  readonly reason: string;
}

/** The row that an inverse changes back, at least in the fields that `expects` names. */
export type UndoState = Readonly<Record<string, unknown>>;

/** How the module that owns the rows takes one type of action back. */
export interface InverseHandler {
  /** Names the row, so that the inverses of several decisions on one row are seen in their order. */
  keyOf(inverse: Inverse): string;
  /** The rows' present states, in the order of the inverses; undefined for one that is gone. */
  readStates(reader: Reader, inverses: readonly Inverse[]): Promise<readonly (UndoState | undefined)[]>;
  /** Holds the rows until the unit ends, before they are read to be taken back. */
  lock?(unit: Unit, inverses: readonly Inverse[]): Promise<unknown>;
  /** Why the action cannot be taken back from a state; by the fields that `expects` names where it is left out. */
  whyNot?(state: UndoState, inverse: Inverse): string | undefined;
  /** The state that `apply` leaves behind. */
  leaves(state: UndoState, inverse: Inverse): UndoState;
  /** Takes the action back; the state has been checked. */
  apply(unit: Unit, inverse: Inverse, context: UndoContext): Promise<void>;
}

/** What is known of a decision by those that look after what followed from it. */
export type DecisionTaken = Pick<
  Decision,
  'decision_id' | 'kind' | 'subject_type' | 'subject_id' | 'correlation_id' | 'created_at'
>;

/** What else follows from decisions, besides their own effects: handoffs, cases, notes. */
export interface ConsequenceHandler {
  /** Why what followed cannot be taken back any more, by decision; those where it can are absent. */
  whyNot(reader: Reader, decisions: readonly DecisionTaken[]): Promise<ReadonlyMap<string, string>>;
  /** Takes back what followed from one decision. */
  takeBack(unit: Unit, decision: DecisionTaken, context: UndoContext): Promise<void>;
}

/** Inverse actions are data; the modules that own the data register at start-up how to carry them out. */
@Injectable()
export class InverseRegistry {
  private readonly handlers = new Map<string, InverseHandler>();
  private readonly builtOn = new Set<string>();
  readonly consequences: ConsequenceHandler[] = [];

  register(type: string, handler: InverseHandler): void {
    if (this.handlers.has(type)) throw new Error(`two handlers take back "${type}"`);
    this.handlers.set(type, handler);
  }

  /** @throws AppError conflict for a type that nobody registered */
  handlerOf({ type }: Inverse): InverseHandler {
    const handler = this.handlers.get(type);
    if (!handler) throw conflict('inverse_unknown', `this server does not know how to take back "${type}"`);
    return handler;
  }

  find({ type }: Inverse): InverseHandler | undefined {
    return this.handlers.get(type);
  }

  /** Names the row that an inverse of a known type changes back, among those of all types. */
  keyOf(inverse: Inverse): string {
    return `${inverse.type} ${this.handlerOf(inverse).keyOf(inverse)}`;
  }

  follows(handler: ConsequenceHandler): void {
    this.consequences.push(handler);
  }

  /** Each decision about such a subject builds on those before: who takes one back takes back what came after. */
  buildsOn(subjectType: string): void {
    this.builtOn.add(subjectType);
  }

  isBuiltOn(subjectType: string): boolean {
    return this.builtOn.has(subjectType);
  }
}
