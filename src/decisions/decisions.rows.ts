import { Injectable } from '@nestjs/common';
import { Clock } from '../config/index.js';
import { KeepsRows, type RowKeeper, type Reader, type SqlRow, type Unit, UnitOfWork } from '../database/index.js';
import { DecisionPart } from './decision-part.entity.js';
import { DecisionParts } from './decision-parts.js';
import { Decision } from './decision.entity.js';

@Injectable()
@KeepsRows([
  {
    table: Decision,
    holds: 'a decision of an agent, with its grounds and its outcome',
    keeps: { days: 'decision', after: 'created_at' },
    lead: { keeper: 'by the index on its subject' },
  },
  {
    table: DecisionPart,
    holds: 'what several decisions were made on',
    keeps: { swept: 'until no decision names it' },
    lead: { none: 'what decisions about different leads have in common' },
  },
])
export class DecisionsRows implements RowKeeper {
  constructor(
    private readonly parts: DecisionParts,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async eraseLead(unit: Unit, leadId: string): Promise<boolean> {
    await unit.of(Decision).delete({ subject_type: 'lead', subject_id: leadId });
    return false;
  }

  async exportLead(reader: Reader, leadId: string): Promise<Record<string, readonly SqlRow[]>> {
    const rows = await reader.of(Decision).find({ subject_type: 'lead', subject_id: leadId });
    return { decisions: (await this.parts.resolve(reader, rows)) as unknown as SqlRow[] };
  }

  sweep(): Promise<number> {
    return this.unitOfWork.run((unit) => this.parts.prune(unit, this.clock.iso()));
  }
}
