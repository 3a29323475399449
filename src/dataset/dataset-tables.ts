import { SECURITY_TABLES } from '../auth/index.js';
import { CRM_TABLES } from '../crm/index.js';
import { MEMORY_TABLES } from '../memory/index.js';
import { JOURNAL_TABLES } from '../operations/index.js';
import type { TableName } from './dataset-files.js';

/** The entity that owns each of the data set's tables. */
export const DATASET_TABLES = {
  ...CRM_TABLES,
  ...MEMORY_TABLES,
  ...JOURNAL_TABLES,
  ...SECURITY_TABLES,
} satisfies Record<TableName, new () => object>;
