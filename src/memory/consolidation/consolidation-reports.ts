import { Injectable } from '@nestjs/common';
import { newId } from '../../config/index.js';
import { type Reader, type Unit, lt } from '../../database/index.js';
import type { ConsolidatedItem } from './consolidate.js';
import { Consolidation, type ConsolidationCounts, ConsolidationItem } from './consolidation.entities.js';

/** What of a run is listed one by one; the rest is counted. */
export const ITEMS_LISTED = 500;
/** A run that has not ended after this was killed, and nobody took it up again. */
const ABANDONED_AFTER_MS = 6 * 3_600_000;

/** What a batch adds to the report of its run. */
export interface BatchResult {
  readonly counts: Partial<ConsolidationCounts>;
  readonly items: readonly ConsolidatedItem[];
}

const NOTHING: ConsolidationCounts = {
  entries: 0,
  facts: 0,
  slots_left_out: 0,
  triples_stated: 0,
  triples_ended: 0,
  triples_decayed: 0,
};

/**
 * The reports of runs. A batch's part is written in the unit of the batch, so a report says what was done and nothing
 * else.
 */
@Injectable()
export class ConsolidationReports {
  /** Begins a run, or takes it up where it was left. @returns undefined when it is done already */
  async open(
    unit: Unit,
    { runId, requestedBy, asOf, now }: { runId: string; requestedBy: string; asOf: string; now: string },
  ): Promise<Consolidation | undefined> {
    const runs = unit.of(Consolidation);
    const before = new Date(Date.parse(now) - ABANDONED_AFTER_MS).toISOString();
    await runs.update({ status: 'running', started_at: lt(before) }, { status: 'abandoned' });
    const fresh: Consolidation = {
      run_id: runId,
      requested_by: requestedBy,
      status: 'running',
      as_of: asOf,
      started_at: now,
      finished_at: null,
      duration_ms: 0,
      batches: 0,
      counts_json: NOTHING,
      failure: null,
    };
    if ((await runs.insertNew(fresh)) === 1) return fresh;
    const known = (await runs.get(runId))!;
    if (known.status === 'done') return undefined;
    await runs.update({ run_id: runId }, { status: 'running', failure: null });
    return known;
  }

  /**
   * Adds a batch to the run's report, and takes the run's row so that two workers on the same run go one after the
   * other.
   */
  async add(unit: Unit, runId: string, { counts, items }: BatchResult, ms: number): Promise<void> {
    const run = await this.hold(unit, runId);
    const listed = await unit.of(ConsolidationItem).count({ run_id: runId });
    await unit
      .of(ConsolidationItem)
      .insert(
        items
          .slice(0, Math.max(0, ITEMS_LISTED - listed))
          .map(({ provenance, ...item }) => ({
            item_id: newId('cit'),
            run_id: runId,
            ...item,
            provenance_json: provenance,
          })),
      );
    const sums = Object.fromEntries(
      Object.entries(run.counts_json).map(([name, n]) => [name, n + (counts[name as keyof ConsolidationCounts] ?? 0)]),
    );
    await unit
      .of(Consolidation)
      .update(
        { run_id: runId },
        {
          counts_json: sums as unknown as ConsolidationCounts,
          batches: run.batches + 1,
          duration_ms: run.duration_ms + Math.round(ms),
        },
      );
  }

  async close(unit: Unit, runId: string, now: string): Promise<void> {
    await unit.of(Consolidation).update({ run_id: runId }, { status: 'done', finished_at: now, failure: null });
  }

  async fail(unit: Unit, runId: string, error: unknown, now: string): Promise<void> {
    const failure = error instanceof Error ? error.message : String(error);
    await unit
      .of(Consolidation)
      .update({ run_id: runId }, { status: 'failed', finished_at: now, failure: failure.slice(0, 500) });
  }

  /** Locks the run's row. */
  async hold(unit: Unit, runId: string): Promise<Consolidation> {
    const [run] = await unit.of(Consolidation).find({ run_id: runId }, { lock: true });
    if (!run) throw new Error(`there is no consolidation "${runId}"`);
    return run;
  }

  /** What the reports list of a lead, the oldest first. */
  exportLead(reader: Reader, leadId: string): Promise<ConsolidationItem[]> {
    return reader.of(ConsolidationItem).find({ lead_id: leadId }, { order: { item_id: 'asc' } });
  }

  /** What the reports say of a lead goes with the lead; the counts stay. @returns how many items there were */
  forgetLead(unit: Unit, leadId: string): Promise<number> {
    return unit.of(ConsolidationItem).delete({ lead_id: leadId });
  }
}
