import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { LeadRemoval } from '../crm/index.js';
import type { Unit } from '../database/index.js';
import { Decision } from '../decisions/index.js';
import { MemoryService } from '../memory/index.js';
import { Handoff } from './handoffs/handoff.entity.js';
import { Approval, Escalation } from './inbox/index.js';

/** What of a deleted lead lies in memory, the ledger, the inbox and the kept answers goes with it. */
@Injectable()
export class LeadErasure implements OnModuleInit {
  constructor(
    private readonly removal: LeadRemoval,
    private readonly memory: MemoryService,
  ) {}

  onModuleInit(): void {
    this.removal.register((unit, leadId) => this.erase(unit, leadId));
  }

  private async erase(unit: Unit, leadId: string): Promise<void> {
    await this.memory.forgetLead(unit, leadId);
    await unit.of(Decision).delete({ subject_type: 'lead', subject_id: leadId });
    await unit.of(Handoff).delete({ lead_id: leadId });
    await unit.of(Escalation).delete({ lead_id: leadId });
    await unit.of(Approval).delete({ lead_id: leadId });
    // answers that are kept to be given again hold the lead's address
    const mention = `%"lead_id":${JSON.stringify(leadId)}%`.replace(/[\\_]/g, '\\$&');
    await unit.execute(`DELETE FROM idempotency_keys WHERE CAST(response AS text) LIKE ? ESCAPE '\\'`, [mention]);
  }
}
