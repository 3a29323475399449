import { Injectable } from '@nestjs/common';
import { ChangedLead } from './changed-leads.js';
import { Figure, FigureChange } from './figures.js';
import { KeepsRows } from './row-keeper.js';

@Injectable()
@KeepsRows([
  {
    table: 'migrations',
    holds: 'a migration that has run',
    keeps: { until: 'always' },
    lead: { none: 'names of migrations' },
  },
  {
    table: Figure,
    holds: 'how often something is there',
    keeps: { until: 'always; as many as there are different values' },
    lead: { none: 'numbers' },
  },
  {
    table: FigureChange,
    holds: 'a change that is to be added to a figure',
    keeps: { until: 'it is added, a second later' },
    lead: { none: 'numbers' },
  },
  {
    table: ChangedLead,
    holds: 'a lead to be counted again',
    keeps: { until: 'it is counted, a second later' },
    lead: { keeper: 'counted out once it is gone' },
  },
])
export class DatabaseRows {}
