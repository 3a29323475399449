import { Entity } from 'typeorm';
import { Ref, RowId } from './columns.js';
import type { Reader } from './reader.js';
import type { Unit } from './unit.js';

/** A lead of which something has changed that figures count; triggers write these. */
@Entity('changed_leads')
export class ChangedLead {
  @RowId() change_id!: number;
  @Ref() lead_id!: string;
}

/** Whether more than so many changes wait to be counted. */
export async function hasChangedLeads(reader: Reader, moreThan = 0): Promise<boolean> {
  return (await reader.query('SELECT 1 AS one FROM changed_leads LIMIT 1 OFFSET ?', [moreThan])).length > 0;
}

/** The leads of the first changes that wait, once each. */
export async function changedLeads(reader: Reader, changes: number): Promise<string[]> {
  return leadsOf(await reader.query('SELECT lead_id FROM changed_leads ORDER BY change_id LIMIT ?', [changes]));
}

/** Takes the first changes away: what others commit after this is noted in rows of its own. */
export async function takeChangedLeads(
  unit: Unit,
  changes: number,
): Promise<{ leadIds: string[]; mayBeMore: boolean }> {
  const taken = await unit.query(
    `DELETE FROM changed_leads WHERE change_id IN (SELECT change_id FROM changed_leads ORDER BY change_id LIMIT ?)
     RETURNING lead_id`,
    [changes],
  );
  return { leadIds: leadsOf(taken), mayBeMore: taken.length === changes };
}

/** Notes each lead that the table's rows behind this one name. On SQLite, where rows are numbered as they come. */
export async function markLeadsOf(unit: Unit, table: string, lastBefore: number): Promise<void> {
  await unit.execute(`INSERT INTO changed_leads (lead_id) SELECT DISTINCT lead_id FROM "${table}" WHERE rowid > ?`, [
    lastBefore,
  ]);
}

function leadsOf(rows: readonly { lead_id?: unknown }[]): string[] {
  return [...new Set(rows.map(({ lead_id }) => String(lead_id)))];
}
