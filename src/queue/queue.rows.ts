import { Injectable } from '@nestjs/common';
import { KeepsRows } from '../database/index.js';
import { OutboxRow } from './outbox-row.entity.js';

@Injectable()
@KeepsRows([
  {
    table: OutboxRow,
    holds: 'work that was promised, and what became of it',
    keeps: [
      { days: 'work', after: 'done_at', when: `status = 'done'` },
      { days: 'dead_letter', after: 'done_at', when: `status = 'dead'` },
    ],
    lead: { by: 'lead_id' },
  },
])
export class QueueRows {}
