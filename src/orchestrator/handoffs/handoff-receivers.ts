import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import type { Lead } from '../../crm/index.js';
import type { Unit } from '../../database/index.js';
import { type AgentType, HANDOFF_RECEIVERS } from '../../vocabulary/index.js';
import type { Handoff } from './handoff.entity.js';

/** A handoff whose context arrived whole, and the lead that it is about, locked. */
export interface Arrival {
  readonly handoff: Handoff;
  readonly lead: Lead;
}

/** What the receiver made of it: to people it is delivered, and one of them takes it and completes it later; agents
 * do all at once. */
export interface HandoffOutcome {
  readonly status: 'delivered' | 'completed';
  readonly result: Record<string, unknown>;
}

/** Acts on what arrived, no lead twice, in the unit that records the delivery. @returns an outcome each, in order */
export type Receive = (unit: Unit, arrivals: readonly Arrival[], now: string) => Promise<HandoffOutcome[]>;

/** Who does the work that is handed to a type of agent. Each registers at start-up. */
@Injectable()
export class HandoffReceivers implements OnApplicationBootstrap {
  private readonly receivers = new Map<string, Receive>();

  /** @throws Error when a type that the table of agents says takes handoffs has nobody to do the work */
  onApplicationBootstrap(): void {
    const missing = HANDOFF_RECEIVERS.filter((type) => !this.receivers.has(type));
    if (missing.length > 0) throw new Error(`nobody receives the handoffs to ${missing.join(', ')}`);
  }

  register(type: AgentType, receive: Receive): void {
    if (this.receivers.has(type)) throw new Error(`two receive the handoffs to "${type}"`);
    this.receivers.set(type, receive);
  }

  find(type: string): Receive | undefined {
    return this.receivers.get(type);
  }
}

export function completed(result: Record<string, unknown>): HandoffOutcome {
  return { status: 'completed', result };
}
