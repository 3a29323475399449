import { Injectable } from '@nestjs/common';
import type { Unit } from '../../database/index.js';
import { MemoryService } from '../../memory/index.js';
import { FactFaces } from '../facts/fact-faces.js';
import { toldSoFar } from '../facts/told-so-far.js';
import type { PreservedContext } from './handoff.entity.js';

/** What goes along when a lead is handed over: what short-term memory holds, and what was said and sent lately. */
@Injectable()
export class HandoffContext {
  constructor(
    private readonly faces: FactFaces,
    private readonly memory: MemoryService,
  ) {}

  async of(unit: Unit, leadId: string, now: string): Promise<PreservedContext> {
    const [entry] = await this.memory.shortTermOf(unit, [leadId], now);
    const history = await toldSoFar(this.faces, unit, [leadId]);
    return { short_term_memory: entry ? { ...entry } : {}, conversation_history: history(leadId), next_actions: [] };
  }
}
