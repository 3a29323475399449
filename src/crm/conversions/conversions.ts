import { Injectable } from '@nestjs/common';
import { Conversion } from './conversion.entity.js';
import { gt, type Reader, marks } from '../../database/index.js';
import { fromMicros, sumMicrosSql } from '../../money/index.js';

export interface ConversionSum {
  count: number;
  value_usd: number;
  last_at: string | null;
}

/** How other modules read conversions. */
@Injectable()
export class Conversions {
  /** Per lead, what its conversions add up to; leads without any are absent. One statement. */
  async sums(reader: Reader, leadIds: readonly string[]): Promise<Map<string, ConversionSum>> {
    if (leadIds.length === 0) return new Map();
    const rows = await reader.query(
      `SELECT lead_id, COUNT(*) AS n, ${sumMicrosSql('conversion_value_usd')} AS micros, MAX(converted_at) AS last_at
       FROM conversions WHERE lead_id IN (${marks(leadIds)}) GROUP BY lead_id`,
      leadIds,
    );
    return new Map(
      rows.map((row) => [
        String(row.lead_id),
        { count: Number(row.n), value_usd: fromMicros(Number(row.micros)), last_at: row.last_at as string | null },
      ]),
    );
  }

  /** The conversions of a lead after an instant, or all. */
  after(reader: Reader, leadId: string, after: string | null): Promise<Conversion[]> {
    return reader.of(Conversion).find({ lead_id: leadId, ...(after !== null && { converted_at: gt(after) }) });
  }

  /** How many there were from an instant on, and what they are worth. */
  async worthSince(reader: Reader, since: string): Promise<Omit<ConversionSum, 'last_at'>> {
    const [row] = await reader.query(
      `SELECT COUNT(*) AS n, ${sumMicrosSql('conversion_value_usd')} AS micros FROM conversions WHERE converted_at >= ?`,
      [since],
    );
    return { count: Number(row!.n), value_usd: fromMicros(Number(row!.micros)) };
  }
}
