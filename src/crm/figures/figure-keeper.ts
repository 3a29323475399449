import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { Settings } from '../../config/index.js';
import {
  Database,
  IN_BACKGROUND,
  KeepsRows,
  type Reader,
  type RowKeeper,
  type SqlRow,
  type Unit,
  UnitOfWork,
  addToFigures,
  foldFigureChanges,
  hasChangedLeads,
  hasFigureChanges,
  marks,
  takeChangedLeads,
} from '../../database/index.js';
import { Log } from '../../telemetry/index.js';
import { Lead } from '../leads/lead.entity.js';
import { LeadFigures } from './figures.entities.js';
import { changesBetween, readContributions } from './lead-contribution.js';

const BEAT_MS = 1_000;
/** Of so many changes the leads are counted in one unit: some milliseconds. */
const CHANGES_AT_ONCE = 100;
/** Where nobody waits for it, counting takes a quarter of the time: behind an import others come first. */
const PAUSE_SHARE = 3;
/** Any number that the processes of one database agree on. */
const FOLD_LOCK = 7_246_254;

/**
 * Keeps the portfolio's figures up. Triggers note which leads have changed, with the rows themselves; here each is
 * taken out of the figures as it was counted last and put in as it stands now, some hundred at a time, by whichever
 * process comes first.
 */
@Injectable()
@KeepsRows([
  {
    table: LeadFigures,
    holds: 'the figures that a lead is counted in',
    keeps: { until: 'the lead is counted out, a second after it is gone' },
    lead: { keeper: 'counted out once it is gone' },
  },
])
export class FigureKeeper implements OnApplicationBootstrap, RowKeeper {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  /** How many wait for all to be counted. */
  private settling = 0;
  private isStopped = false;

  constructor(
    private readonly database: Database,
    private readonly uow: UnitOfWork,
    private readonly settings: Settings,
    private readonly log: Log,
  ) {
    database.beforeClose(() => this.stop());
  }

  onApplicationBootstrap(): void {
    // a command that only writes leaves it to the server
    if (this.settings.queueMode === 'off') return;
    this.timer = setInterval(() => this.beat(), BEAT_MS);
    this.timer.unref();
  }

  /** Resolves when all that was committed before the call is counted in. Not to be called inside a unit. */
  async settle(): Promise<void> {
    this.settling++;
    try {
      while (this.running) await this.running;
      this.running = this.fold().finally(() => (this.running = undefined));
      await this.running;
    } finally {
      this.settling--;
    }
  }

  async eraseTraces(): Promise<void> {
    await this.settle();
  }

  async exportLead(reader: Reader, leadId: string): Promise<Record<string, readonly SqlRow[]>> {
    return { lead_figures: (await reader.of(LeadFigures).find({ lead_id: leadId })) as unknown as SqlRow[] };
  }

  /** Holds each lead against how it is counted, and puts right what is wrong. @returns how many leads were wrong */
  async recount(): Promise<number> {
    await this.settle();
    return (await this.recountIn('leads')) + (await this.recountIn('lead_figures'));
  }

  private async recountIn(table: 'leads' | 'lead_figures'): Promise<number> {
    let wrong = 0;
    for (let after = ''; ;) {
      const rows = await this.database.query(
        `SELECT lead_id FROM ${table} WHERE lead_id > ? ORDER BY lead_id LIMIT ${CHANGES_AT_ONCE}`,
        [after],
      );
      if (rows.length === 0) return wrong;
      const ids = rows.map(({ lead_id }) => String(lead_id));
      wrong += await this.uow.run(async (unit) => {
        await this.lock(unit);
        return this.countIn(unit, ids);
      });
      after = ids.at(-1)!;
    }
  }

  private async stop(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.timer);
    await this.running?.catch(() => undefined);
  }

  private beat(): void {
    if (this.running) return;
    this.running = this.foldIfChanged()
      .catch((error: unknown) => {
        if (!this.isStopped) this.log.warn({ err: error }, 'the figures of the portfolio could not be kept up');
      })
      .finally(() => (this.running = undefined));
  }

  private async foldIfChanged(): Promise<void> {
    if ((await hasChangedLeads(this.database)) || (await hasFigureChanges(this.database))) await this.fold();
  }

  private async fold(): Promise<void> {
    for (;;) {
      const started = performance.now();
      const hasMore = await this.uow.run((unit) => this.foldSome(unit), IN_BACKGROUND);
      if (this.isStopped || !hasMore) return;
      if (this.settling === 0) await pause((performance.now() - started) * PAUSE_SHARE);
    }
  }

  private async foldSome(unit: Unit): Promise<boolean> {
    await this.lock(unit);
    const hasMore = await foldFigureChanges(unit);
    const { leadIds, mayBeMore } = await takeChangedLeads(unit, CHANGES_AT_ONCE);
    await this.countIn(unit, leadIds);
    return hasMore || mayBeMore;
  }

  /** @returns how many of the leads were counted otherwise than they are now */
  private async countIn(unit: Unit, ids: readonly string[]): Promise<number> {
    if (ids.length === 0) return 0;
    // locked first: a lead that goes meanwhile would take with it where it was counted
    const held = await unit.query(
      `SELECT lead_id, counted FROM leads WHERE lead_id IN (${marks(ids)})
       ${unit.dialect === 'postgres' ? 'ORDER BY lead_id FOR UPDATE' : ''}`,
      ids,
    );
    const after = await readContributions(unit, ids);
    const apart = new Map(
      (await unit.of(LeadFigures).find({ lead_id: [...ids] })).map(({ lead_id, counted }) => [lead_id, counted]),
    );
    const before = new Map(apart);
    for (const { lead_id, counted } of held)
      if (counted !== null) before.set(String(lead_id), JSON.parse(String(counted)) as string[]);
    const there = new Set(held.map(({ lead_id }) => String(lead_id)));
    const leads = ids.map((lead_id) => {
      const counted = after.get(lead_id) ?? [];
      return { lead_id, counted, changes: changesBetween(before.get(lead_id) ?? [], counted) };
    });
    const differing = leads.filter(({ changes }) => changes.length > 0);
    await addToFigures(
      unit,
      differing.flatMap(({ changes }) => changes),
    );
    const own = leads.filter(
      ({ lead_id, changes }) => there.has(lead_id) && (changes.length > 0 || apart.has(lead_id)),
    );
    await unit.of(Lead).updateEach(
      own.map(({ lead_id, counted }) => ({ lead_id, counted: JSON.stringify(counted) })),
      ['counted'],
    );
    const others = differing.filter(({ lead_id, counted }) => !there.has(lead_id) && counted.length > 0);
    await unit.of(LeadFigures).upsert(others.map(({ lead_id, counted }) => ({ lead_id, counted })));
    const gone = leads
      .filter(({ lead_id, counted }) => apart.has(lead_id) && (there.has(lead_id) || counted.length === 0))
      .map(({ lead_id }) => lead_id);
    if (gone.length > 0) await unit.of(LeadFigures).delete({ lead_id: gone });
    return differing.length;
  }

  /** On PostgreSQL one process at a time counts: two would both take a lead out of where it was. */
  private async lock(unit: Unit): Promise<void> {
    if (unit.dialect === 'postgres') await unit.query('SELECT pg_advisory_xact_lock(?)', [FOLD_LOCK]);
  }
}
