import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { RowKeepers, type Unit, UnitOfWork } from '../../database/index.js';
import { Job, Outbox, type Settle } from '../../queue/index.js';

const ERASE_TOPIC = 'lead.erase';

interface EraseJob {
  lead_id: string;
  erased_at: string;
}

/**
 * Removes what is kept about a lead. Each module answers for its own rows: what is found by look-ups goes at once, in
 * the unit that deletes the lead; the rest of a long history, and what has to be looked through, go in small steps of
 * a job that is promised there.
 */
@Injectable()
export class LeadErasure {
  constructor(
    private readonly keepers: RowKeepers,
    private readonly outbox: Outbox,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async erase(unit: Unit, leadId: string, now: string): Promise<void> {
    await this.keepers.eraseLead(unit, leadId);
    const who = createHash('sha256').update(leadId).digest('base64url');
    await this.outbox.add(unit, [
      { topic: ERASE_TOPIC, key: `${ERASE_TOPIC}:${who}:${now}`, payload: { lead_id: leadId, erased_at: now } },
    ]);
  }

  @Job(ERASE_TOPIC, { concurrency: 1, isOutside: true, forgetsDone: true })
  async finish({ payload: { lead_id, erased_at } }: Job<EraseJob>, settle: Settle): Promise<void> {
    while (await this.unitOfWork.run((unit) => this.keepers.eraseLead(unit, lead_id)));
    for (const keeper of this.keepers.keepers) await keeper.eraseTraces?.(lead_id, erased_at);
    await settle(() => Promise.resolve());
  }
}
