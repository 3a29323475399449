import { newId } from '../config/index.js';
import type { Unit } from '../database/index.js';
import { Suppression } from './suppression.entity.js';

type Optional = 'lead_id' | 'note';
export type NewSuppression = Omit<Suppression, 'suppression_id' | Optional> & Partial<Pick<Suppression, Optional>>;

/**
 * Suppresses an address on a channel; one that is suppressed already keeps its first reason. @returns the row that
 * stands
 */
export async function suppress(
  unit: Unit,
  { lead_id = null, note = null, ...fields }: NewSuppression,
): Promise<Suppression> {
  const row: Suppression = { suppression_id: newId('sup'), ...fields, lead_id, note };
  if ((await unit.of(Suppression).insertNew(row)) === 1) return row;
  const [existing] = await unit
    .of(Suppression)
    .find({ address_hash: row.address_hash, channel: row.channel }, { limit: 1 });
  return existing!;
}
