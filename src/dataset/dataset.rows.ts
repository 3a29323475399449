import { Injectable } from '@nestjs/common';
import { KeepsRows } from '../database/index.js';
import { ImportFile } from './import/import-file.entity.js';

@Injectable()
@KeepsRows([
  {
    table: ImportFile,
    holds: 'how far the import of a file has come',
    keeps: { until: 'always: one row a file, by which it is not imported twice' },
    lead: { none: 'names of files' },
  },
])
export class DatasetRows {}
