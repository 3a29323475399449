import { cellParser } from '../cell-codec.js';
import type { TableName } from '../dataset-files.js';
import { csvRecords } from './csv-rows.js';
import type { FoundFile } from './find-files.js';

/** What says how far a history goes; terms and expiries may lie beyond it. */
export const HISTORY_COLUMNS: readonly (readonly [TableName, string])[] = [
  ['interactions', 'timestamp'],
  ['campaign_daily', 'date'],
  ['conversions', 'converted_at'],
  ['leads', 'created_at'],
];

/** When the history in the files ends: the latest of their interactions, days, conversions and leads; null if none. */
export async function endOfHistory(files: readonly FoundFile[], signal?: AbortSignal): Promise<string | null> {
  let end: string | null = null;
  for (const [table, name] of HISTORY_COLUMNS) {
    const file = files.find(({ spec }) => spec.table === table);
    const place = file?.header.indexOf(name) ?? -1;
    if (!file || place === -1) continue;
    const parse = cellParser(file.spec.columns.find((column) => column.name === name)!);
    for await (const { records } of csvRecords(file.path, signal)) {
      for (const record of records) {
        const value = 'cells' in record ? parse(record.cells[place] ?? '') : null;
        if (typeof value === 'string' && (end === null || value > end)) end = value;
      }
    }
  }
  return end;
}
