import { Injectable } from '@nestjs/common';
import type { Unit } from '../database/index.js';
import { conflict } from '../errors/index.js';
import type { Principal } from '../operations/index.js';
import { type Inverse, stepsOf } from './inverse.js';
import { describeDifference, jsonDifferences } from './json-differences.js';

export interface UndoContext {
  readonly principal: Principal;
  /** ISO-8601 UTC. */
  readonly now: string;
  readonly reason: string;
}

/** How the module that owns the rows takes one type of action back. */
export interface InverseHandler {
  /** The rows' present state, at least in the fields that `expects` names; locks them. Undefined if they are gone. */
  readState(unit: Unit, inverse: Inverse): Promise<Record<string, unknown> | undefined>;
  /** Takes the action back; the state has been checked. */
  apply(unit: Unit, inverse: Inverse, context: UndoContext): Promise<void>;
}

/** Inverse actions are data; the modules that own the data register at start-up how to carry them out. */
@Injectable()
export class InverseRegistry {
  private readonly handlers = new Map<string, InverseHandler>();

  register(type: string, handler: InverseHandler): void {
    if (this.handlers.has(type)) throw new Error(`two handlers take back "${type}"`);
    this.handlers.set(type, handler);
  }

  /**
   * Carries an inverse out, in the caller's unit, which has to end with the error if there is one.
   * @throws AppError conflict when the state is not the one that the decision left behind, naming what moved
   */
  async run(unit: Unit, inverse: Inverse, context: UndoContext): Promise<void> {
    for (const step of stepsOf(inverse).toReversed()) await this.runStep(unit, step, context);
  }

  private async runStep(unit: Unit, inverse: Inverse, context: UndoContext): Promise<void> {
    const handler = this.handlers.get(inverse.type);
    if (!handler) throw conflict('inverse_unknown', `this server does not know how to take back "${inverse.type}"`);
    const state = await handler.readState(unit, inverse);
    if (!state) throw conflict('state_moved', 'what this decision changed is gone, so it cannot be undone');
    const found = Object.fromEntries(Object.keys(inverse.expects).map((name) => [name, state[name]]));
    const moved = jsonDifferences(inverse.expects, found);
    if (moved.length > 0) {
      throw conflict(
        'state_moved',
        `the state has moved since this decision, so it cannot be undone: ${moved.map(describeDifference).join('; ')}`,
      );
    }
    await handler.apply(unit, inverse, context);
  }
}
