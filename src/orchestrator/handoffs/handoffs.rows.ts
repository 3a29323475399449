import { Injectable } from '@nestjs/common';
import { KeepsRows } from '../../database/index.js';
import { Handoff } from './handoff.entity.js';

@Injectable()
@KeepsRows([
  {
    table: Handoff,
    holds: 'work that one agent gave to another, with its context',
    keeps: { days: 'handoff', after: 'created_at', when: `status IN ('completed', 'failed')` },
    lead: { by: 'lead_id' },
  },
])
export class HandoffsRows {}
