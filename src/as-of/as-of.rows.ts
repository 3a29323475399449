import { Injectable } from '@nestjs/common';
import { KeepsRows } from '../database/index.js';
import { StatedDay } from './stated-day.entity.js';

@Injectable()
@KeepsRows([
  {
    table: StatedDay,
    holds: 'the day that the data is looked at as of',
    keeps: { until: 'always: one row while a day is stated' },
    lead: { none: 'a day' },
  },
])
export class AsOfRows {}
