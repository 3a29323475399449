import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AsOf } from '../../as-of/index.js';
import { Clock } from '../../config/index.js';
import { Database, type Unit, UnitOfWork } from '../../database/index.js';
import { LongTermStore } from '../long-term/long-term.store.js';
import { type MemoryTier, MemoryTiers } from '../memory-tier.js';
import { type Moments, ShortTermStore } from '../short-term/short-term.store.js';
import { consolidateExpired } from './consolidate.js';
import { type BatchResult, ConsolidationReports } from './consolidation-reports.js';
import { Generalisations } from './generalisations.js';
import { TripleKeeper } from './triple-keeper.js';

/** Conversations of one unit: enough that statements are shared, few enough that other writers hardly wait. */
const ENTRIES_AT_ONCE = 100;

export interface RunRequest {
  readonly runId: string;
  /** `schedule`, or whoever asked for it. */
  readonly requestedBy: string;
  /** Stops taking in conversations after so many batches; the rest is for the next run. */
  readonly maxBatches?: number;
}

/**
 * One run over memory. Every batch is a unit that also writes its part of the report, and reads what is to be done
 * from the tables: a run that is killed goes on where it was, and one that is made twice finds nothing to do.
 */
@Injectable()
export class ConsolidationRun {
  constructor(
    private readonly units: UnitOfWork,
    private readonly database: Database,
    private readonly shortTerm: ShortTermStore,
    private readonly longTerm: LongTermStore,
    private readonly tiers: MemoryTiers,
    private readonly triples: TripleKeeper,
    private readonly general: Generalisations,
    private readonly reports: ConsolidationReports,
    private readonly asOf: AsOf,
    private readonly clock: Clock,
  ) {}

  /** @returns whether all that had expired was taken in */
  async run({ runId, requestedBy, maxBatches = Infinity }: RunRequest): Promise<boolean> {
    const now = this.clock.iso();
    const moment = await this.asOf.momentOf(now);
    const run = await this.units.run((unit) => this.reports.open(unit, { runId, requestedBy, asOf: moment, now }));
    if (!run) return true;
    try {
      const isEmpty = await this.takeInExpired(runId, { at: run.as_of, now: run.started_at }, maxBatches);
      const lessons = await this.general.lessons();
      await this.batch(runId, (unit) =>
        this.triples.keep(unit, runId, lessons.predicates, lessons.wishes, this.clock.iso()),
      );
      const common = await this.general.commonTraits();
      await this.batch(runId, (unit) =>
        this.triples.keep(unit, runId, common.predicates, common.wishes, this.clock.iso()),
      );
      for (const tier of this.tiers.all) await this.age(tier, runId);
      await this.units.run((unit) => this.reports.close(unit, runId, this.clock.iso()));
      return isEmpty;
    } catch (error) {
      await this.units.run((unit) => this.reports.fail(unit, runId, error, this.clock.iso()));
      throw error;
    }
  }

  private async takeInExpired(runId: string, moments: Moments, maxBatches: number): Promise<boolean> {
    for (let batches = 0; batches < maxBatches; batches++) {
      // looked at before a unit is opened, so that a run with nothing to do makes no writer wait
      if ((await this.shortTerm.expired(this.database, moments, 1)).length === 0) return true;
      await this.batch(runId, (unit) => this.takeIn(unit, moments));
    }
    return (await this.shortTerm.expired(this.database, moments, 1)).length === 0;
  }

  private async takeIn(unit: Unit, moments: Moments): Promise<BatchResult> {
    const entries = await this.shortTerm.expired(unit, moments, ENTRIES_AT_ONCE);
    const plan = consolidateExpired(entries);
    const now = this.clock.iso();
    await this.longTerm.learn(unit, plan.facts, now);
    await this.shortTerm.remove(unit, plan.conversation_ids, moments);
    return {
      counts: { entries: entries.length, facts: plan.facts.length, slots_left_out: plan.slots_left_out },
      items: plan.items,
    };
  }

  private async age(tier: MemoryTier, runId: string): Promise<void> {
    for (let after: string | null = tier.age ? '' : null; after !== null;) {
      const from: string = after;
      await this.batch(runId, async (unit) => {
        const { changed, next } = await tier.age!(unit, this.clock.iso(), from);
        after = next;
        return { counts: { triples_decayed: changed }, items: [] };
      });
    }
  }

  private async batch(runId: string, work: (unit: Unit) => Promise<BatchResult>): Promise<void> {
    const started = performance.now();
    await this.units.run(async (unit) => {
      await this.reports.hold(unit, runId);
      await this.reports.add(unit, runId, await work(unit), performance.now() - started);
    });
    await nextTurn();
  }
}
