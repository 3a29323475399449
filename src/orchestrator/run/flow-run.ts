import { Injectable } from '@nestjs/common';
import { Clock } from '../../config/index.js';
import { Leads } from '../../crm/index.js';
import { Outreach } from '../../outreach/index.js';
import { Database, UnitOfWork } from '../../database/index.js';
import { Queues } from '../../queue/index.js';
import { PortfolioRatesReader } from '../facts/portfolio-rates.js';
import { OptimizationService } from '../optimization/optimization.service.js';
import { TriageService } from '../triage/triage.service.js';

/**
 * Leads of one unit: large enough that statements and commits are shared, small enough that nobody waits long for the
 * writer.
 */
const CHUNK = 250;

export interface RunProgress {
  phase: 'triage' | 'handoffs' | 'optimize';
  done: number;
  total: number;
}

export interface RunSummary {
  leads_triaged: number;
  by_category: Record<string, number>;
  by_route: Record<string, number>;
  messages_planned_by_channel: Record<string, number>;
  handoffs_by_purpose: Record<string, number>;
  handoffs_by_status: Record<string, number>;
  escalations_by_reason: Record<string, number>;
  campaigns_optimized: number;
  recommendations_by_type: Record<string, number>;
  recommendations_applied: number;
  recommendations_proposed: number;
  seconds: { triage: number; handoffs: number; optimize: number; total: number };
  leads_per_second: number;
}

type OnProgress = (progress: RunProgress) => void;

/**
 * The whole main job once: triages every new lead, lets the handoffs run to their end, optimises the active
 * campaigns.
 */
@Injectable()
export class FlowRun {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly leads: Leads,
    private readonly outreach: Outreach,
    private readonly triage: TriageService,
    private readonly optimization: OptimizationService,
    private readonly queues: Queues,
    private readonly rates: PortfolioRatesReader,
    private readonly clock: Clock,
  ) {}

  async run(onProgress: OnProgress = () => undefined): Promise<RunSummary> {
    const startedAt = this.clock.iso();
    const begun = performance.now();
    // what was imported a moment ago counts, all of it: units read the figures as they stand, settled or not
    this.rates.forget();
    await this.rates.current();
    const triaged = await this.queues.hold(() => this.triageNew(onProgress));
    const afterTriage = performance.now();
    onProgress({ phase: 'handoffs', done: 0, total: triaged.count });
    await this.queues.idle();
    const afterHandoffs = performance.now();
    const optimized = await this.optimizeActive(onProgress);
    const end = performance.now();
    const seconds = (from: number, to: number) => Math.round(to - from) / 1000;
    return {
      leads_triaged: triaged.count,
      by_category: triaged.byCategory,
      by_route: triaged.byRoute,
      messages_planned_by_channel: (await this.outreach.stats(startedAt)).by_channel as Record<string, number>,
      handoffs_by_purpose: await this.tally('handoffs', 'purpose', startedAt),
      handoffs_by_status: await this.tally('handoffs', 'status', startedAt),
      escalations_by_reason: await this.tally('escalations', 'reason', startedAt),
      ...optimized,
      seconds: {
        triage: seconds(begun, afterTriage),
        handoffs: seconds(afterTriage, afterHandoffs),
        optimize: seconds(afterHandoffs, end),
        total: seconds(begun, end),
      },
      leads_per_second: triaged.count === 0 ? 0 : Math.round(triaged.count / ((afterTriage - begun) / 1000)),
    };
  }

  /** Stops as soon as nothing new is left; a run that is killed goes on where it stopped when it is started again. */
  private async triageNew(onProgress: OnProgress) {
    const total = await this.leads.countNewcomers(this.database);
    const byCategory: Record<string, number> = {};
    const byRoute: Record<string, number> = {};
    let count = 0;
    for (;;) {
      const triaged = await this.unitOfWork.run(async (unit) => {
        const leads = await this.leads.lockNewcomers(unit, CHUNK);
        return leads.length === 0 ? [] : this.triage.triageMany(unit, leads, this.clock.iso());
      });
      if (triaged.length === 0) return { count, byCategory, byRoute };
      for (const { decision } of triaged) {
        increment(byCategory, decision.outcome.category);
        increment(byRoute, decision.outcome.route);
      }
      count += triaged.length;
      onProgress({ phase: 'triage', done: count, total });
    }
  }

  private async optimizeActive(onProgress: OnProgress) {
    const campaigns = await this.optimization.activeCampaigns(this.database);
    const byType: Record<string, number> = {};
    let applied = 0;
    let proposed = 0;
    for (const [index, campaignId] of campaigns.entries()) {
      const { decision } = await this.unitOfWork.run((unit) =>
        this.optimization.optimize(unit, campaignId, {}, this.clock.iso()),
      );
      for (const { type, auto_apply } of decision.outcome.optimizations) {
        increment(byType, type);
        if (auto_apply) applied++;
        else proposed++;
      }
      onProgress({ phase: 'optimize', done: index + 1, total: campaigns.length });
    }
    return {
      campaigns_optimized: campaigns.length,
      recommendations_by_type: byType,
      recommendations_applied: applied,
      recommendations_proposed: proposed,
    };
  }

  private async tally(table: string, column: string, since: string): Promise<Record<string, number>> {
    const rows = await this.database.query(
      `SELECT ${column} AS name, COUNT(*) AS n FROM ${table} WHERE created_at >= ? GROUP BY ${column} ORDER BY ${column}`,
      [since],
    );
    return Object.fromEntries(rows.map(({ name, n }) => [String(name), Number(n)]));
  }
}

function increment(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
