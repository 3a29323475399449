import { Injectable } from '@nestjs/common';
import { Clock } from '../../config/index.js';
import { Database } from '../../database/index.js';
import { Operation, type QueryContext } from '../../operations/index.js';
import { Queues } from '../../queue/index.js';
import { OptimizationService } from '../optimization/optimization.service.js';
import { OverviewRequest, OverviewResponse } from './overview.dto.js';

const DAY_MS = 86_400_000;

/** The figures of the first page: where everything stands. */
@Injectable()
export class OverviewService {
  constructor(
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
    const byStatus = await this.tally('leads', 'lead_status');
    const messages = await this.tally('messages', 'status');
    const handoffs = await this.tally('handoffs', 'status');
    const byReason = await this.tally('escalations', 'reason', `status IN ('open', 'claimed')`);
    const byAgent = await this.tally('decisions', 'agent_type', 'created_at >= ?', [since]);
    const outbox = await this.tally('outbox', 'status', `status <> 'done'`);
    return {
      leads: {
        total: sum(byStatus),
        by_status: byStatus,
        by_category: await this.tally('leads', 'triage_category', 'triage_category IS NOT NULL'),
        by_flow_state: await this.tally('leads', 'flow_state'),
      },
      messages: { total: sum(messages), by_status: messages, by_channel: await this.tally('messages', 'channel') },
      handoffs: { total: sum(handoffs), by_status: handoffs, mean_ms: await this.meanHandoffMs() },
      escalations: { open: sum(byReason), by_reason: byReason },
      approvals: { pending: (await this.tally('approvals', 'status', `status = 'pending'`)).pending ?? 0 },
      decisions: { last_24h: sum(byAgent), by_agent: byAgent },
      campaigns: {
        total: sum(await this.tally('campaigns', 'status')),
        active: (await this.optimization.activeCampaigns(this.database)).length,
      },
      queue: {
        store: this.queues.storeKind,
        waiting: (outbox.open ?? 0) + (outbox.enqueued ?? 0),
        dead: outbox.dead ?? 0,
      },
    };
  }

  /** The names come from this file, never from a request. */
  private async tally(
    table: string,
    column: string,
    where = '1=1',
    params: readonly unknown[] = [],
  ): Promise<Record<string, number>> {
    const rows = await this.database.query(
      `SELECT ${column} AS name, COUNT(*) AS n FROM ${table} WHERE ${where} GROUP BY ${column} ORDER BY ${column}`,
      params,
    );
    return Object.fromEntries(rows.map(({ name, n }) => [String(name), Number(n)]));
  }

  private async meanHandoffMs(): Promise<number | null> {
    const rows = await this.database.query(
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

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
