import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { RowKeepers, type Unit, UnitOfWork } from '../../database/index.js';
import { Job, Outbox, type Settle } from '../../queue/index.js';
import { Lead } from './lead.entity.js';

const ERASE_TOPIC = 'lead.erase';
/** With a lead's hash: whoever makes one with an id, and whoever removes what is left of a former one with it. */
const LEAD_ID_LOCK = 7_246_314;

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
    const isMore = await this.keepers.eraseLead(unit, leadId);
    const key = isMore ? historyKey(leadId) : `${ERASE_TOPIC}:traces:${hashOf(leadId)}:`;
    await this.outbox.add(unit, [
      { topic: ERASE_TOPIC, key: `${key}${now}`, payload: { lead_id: leadId, erased_at: now } },
    ]);
  }

  /**
   * Whether much is left yet of an erased lead with this id, so that a new one would be taken for it. The answer holds
   * until the unit ends.
   */
  async isUnderWay(unit: Unit, leadId: string): Promise<boolean> {
    await holdId(unit, leadId);
    return this.outbox.isPending(unit, ERASE_TOPIC, historyKey(leadId));
  }

  @Job(ERASE_TOPIC, { concurrency: 1, isOutside: true, forgetsDone: true })
  async finish({ payload: { lead_id, erased_at } }: Job<EraseJob>, settle: Settle): Promise<void> {
    while (await this.unitOfWork.run((unit) => this.eraseRest(unit, lead_id)));
    for (const keeper of this.keepers.keepers) await keeper.eraseTraces?.(lead_id, erased_at);
    await settle(() => Promise.resolve());
  }

  /** Who has come meanwhile with the same id stays. */
  private async eraseRest(unit: Unit, leadId: string): Promise<boolean> {
    await holdId(unit, leadId);
    if (await unit.of(Lead).get(leadId)) return false;
    return this.keepers.eraseLead(unit, leadId);
  }
}

const hashOf = (leadId: string): string => createHash('sha256').update(leadId).digest('base64url');

const historyKey = (leadId: string): string => `${ERASE_TOPIC}:history:${hashOf(leadId)}:`;

async function holdId(unit: Unit, leadId: string): Promise<void> {
  if (unit.dialect === 'postgres')
    await unit.query('SELECT pg_advisory_xact_lock(?::integer, hashtext(?))', [LEAD_ID_LOCK, leadId]);
}
