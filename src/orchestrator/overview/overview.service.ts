import { Injectable } from '@nestjs/common';
import { Clock } from '../../config/index.js';
import { Campaigns } from '../../crm/index.js';
import { Database, type Tally, readFigures } from '../../database/index.js';
import { type DecisionTally, Ledger } from '../../decisions/index.js';
import { Operation, type QueryContext } from '../../operations/index.js';
import { type OutboxStatus, Queues } from '../../queue/index.js';
import { OptimizationService } from '../optimization/optimization.service.js';
import { OverviewRequest, OverviewResponse } from './overview.dto.js';

const DAY_MS = 86_400_000;

/** The figures of the first page: where everything stands. */
@Injectable()
export class OverviewService {
  constructor(
    private readonly campaigns: Campaigns,
    private readonly ledger: Ledger,
    private readonly database: Database,
    private readonly queues: Queues,
    private readonly optimization: OptimizationService,
    private readonly clock: Clock,
  ) {}

  @Operation({
    name: 'system.overview',
    permission: 'analytics:read',
    kind: 'query',
    request: OverviewRequest,
    response: OverviewResponse,
    summary: 'Where leads, messages, handoffs, cases and campaigns stand',
    rest: { route: 'GET /api/v1/overview', tag: 'agents' },
    aliases: { rest: 'GET /api/agents/system/status' },
    audience: 'marketer',
  })
  async overview(_: OverviewRequest, __: QueryContext): Promise<OverviewResponse> {
    const since = new Date(this.clock.now().getTime() - DAY_MS).toISOString();
    const figures = await readFigures(this.database, ['leads', 'messages', 'handoffs', 'escalations', 'approvals']);
    const by = (figure: string, column: number, isCounted: (key: Tally['key']) => boolean = () => true) =>
      countsBy(
        figures.get(figure)!.filter(({ key }) => isCounted(key)),
        column,
      );
    const leads = by('leads', 0);
    const messages = by('messages', 0);
    const handoffs = by('handoffs', 0);
    const openCases = by('escalations', 1, ([status]) => status === 'open' || status === 'claimed');
    const byAgent = countsOf(await this.ledger.tallySince(this.database.aside, since));
    const { counts: jobs } = await this.queues.status();
    const countJobs = (...statuses: OutboxStatus[]) =>
      jobs.reduce((total, { status, count }) => total + (statuses.includes(status) ? count : 0), 0);
    return {
      leads: { total: sum(leads), by_status: leads, by_category: by('leads', 1), by_flow_state: by('leads', 2) },
      messages: { total: sum(messages), by_status: messages, by_channel: by('messages', 1) },
      handoffs: { total: sum(handoffs), by_status: handoffs, mean_ms: await this.meanHandoffMs() },
      escalations: { open: sum(openCases), by_reason: openCases },
      approvals: { pending: by('approvals', 0).pending ?? 0 },
      decisions: { last_24h: sum(byAgent), by_agent: byAgent },
      campaigns: {
        total: await this.campaigns.count(this.database),
        active: (await this.optimization.activeCampaigns(this.database)).length,
      },
      queue: { store: this.queues.storeKind, waiting: countJobs('open', 'enqueued'), dead: countJobs('dead') },
    };
  }

  private async meanHandoffMs(): Promise<number | null> {
    const rows = await this.database.queryAside(
      'SELECT created_at, acknowledged_at FROM handoffs WHERE acknowledged_at IS NOT NULL ORDER BY created_at DESC LIMIT 1000',
    );
    if (rows.length === 0) return null;
    const total = rows.reduce(
      (all, row) => all + Date.parse(String(row.acknowledged_at)) - Date.parse(String(row.created_at)),
      0,
    );
    return Math.round((total / rows.length) * 10) / 10;
  }
}

/** What a figure counts, by one of the values of its keys; rows without that value do not count. */
function countsBy(tallies: readonly Tally[], column: number): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { key, n } of tallies) {
    const name = key[column];
    if (name !== null && name !== undefined) counts.set(name, (counts.get(name) ?? 0) + n);
  }
  return Object.fromEntries(inOrder([...counts]));
}

function countsOf(tallies: ReadonlyMap<string, DecisionTally>): Record<string, number> {
  return Object.fromEntries(inOrder([...tallies].map(([name, { count }]) => [name, count])));
}

function inOrder(entries: [string, number][]): [string, number][] {
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
