import { Injectable } from '@nestjs/common';
import { KeepsRows } from './row-keeper.js';

const NO_LEAD = { none: 'names of migrations' };

@Injectable()
@KeepsRows([{ table: 'migrations', holds: 'a migration that has run', keeps: { until: 'always' }, lead: NO_LEAD }])
export class DatabaseRows {}
