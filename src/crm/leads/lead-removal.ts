import { Injectable } from '@nestjs/common';
import type { Unit } from '../../database/index.js';

export type LeadRemovalStep = (unit: Unit, leadId: string) => Promise<void>;

/** Modules that keep rows about leads say here how to remove them, so that deleting a lead leaves nothing behind. */
@Injectable()
export class LeadRemoval {
  private readonly steps: LeadRemovalStep[] = [];

  register(step: LeadRemovalStep): void {
    this.steps.push(step);
  }

  async run(unit: Unit, leadId: string): Promise<void> {
    for (const step of this.steps) await step(unit, leadId);
  }
}
