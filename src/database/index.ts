export { type BackupReport, DamagedDatabaseError, backUp, restore } from './backup.js';
export { BulkInsert } from './bulk-insert.js';
export {
  Bool,
  Day,
  HiddenText,
  Id,
  Int,
  Json,
  LongInt,
  Money,
  NumberId,
  Real,
  Ref,
  RowId,
  Text,
  Timestamp,
} from './columns.js';
export { changedLeads, hasChangedLeads, takeChangedLeads } from './changed-leads.js';
export { type Where, gt, gte, like, lt, lte, marks, not, startsWith } from './conditions.js';
export type { SqlRow } from './connection.js';
export { dataSourceOptions } from './data-source.js';
export { DatabaseModule } from './database.module.js';
export { Database } from './database.js';
export { type Tally, addToFigures, foldFigureChanges, hasFigureChanges, readFigures } from './figures.js';
export { SEVERAL_LEADS, leadNamedIn, nameOfLead } from './lead-named-in.js';
export { CursorError, type Page, decodeCursor, encodeCursor } from './page.js';
export type { Reader } from './reader.js';
export { Retention } from './retention.js';
export { KeepsRows, type KeptTable, type RowKeeper } from './row-keeper.js';
export { type OwnedTable, RowKeepers, type TableSize } from './row-keepers.js';
export type { ReadRows, Rows } from './rows.js';
export { type Unit, isUnit } from './unit.js';
export { UnitOfWork } from './unit-of-work.js';
export { IN_BACKGROUND, IN_TURN, type Patience } from './writer-line.js';
