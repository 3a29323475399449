import { Injectable } from '@nestjs/common';
import { KeepsRows } from '../../database/index.js';
import { AttentionDay } from './attention-day.entity.js';

@Injectable()
@KeepsRows([
  {
    table: AttentionDay,
    holds: 'how many doubtful leads were put before people on a day',
    keeps: { days: 'work', after: 'day' },
    lead: { none: 'a day and a number' },
  },
])
export class TriageRows {}
