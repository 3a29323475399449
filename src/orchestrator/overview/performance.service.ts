import { Injectable } from '@nestjs/common';
import { Clock } from '../../config/index.js';
import { Conversions } from '../../crm/index.js';
import { Messages, Outreach } from '../../outreach/index.js';
import { Database, type SqlRow } from '../../database/index.js';
import { Operation } from '../../operations/index.js';
import { AgentPerformance, PerformanceRequest, PerformanceResponse } from './performance.dto.js';
import { agentIdPattern, HANDOFF_RECEIVERS } from '../../vocabulary/index.js';

const DEFAULT_DAYS = 30;
const DAY_MS = 86_400_000;

/** What each kind of agent did in a span of time, from the ledger. */
@Injectable()
export class PerformanceService {
  constructor(
    private readonly conversions: Conversions,
    private readonly messages: Messages,
    private readonly outreach: Outreach,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  @Operation({
    name: 'agent.performance',
    permission: 'analytics:read',
    kind: 'query',
    request: PerformanceRequest,
    response: PerformanceResponse,
    summary: 'What the agents did: decisions, handoffs, cases, messages, conversions',
    rest: 'GET /api/v1/agents/performance',
    aliases: { rest: 'GET /api/agents/analytics/performance' },
  })
  async performance({ since: asked }: PerformanceRequest): Promise<PerformanceResponse> {
    const since = asked ?? new Date(this.clock.now().getTime() - DEFAULT_DAYS * DAY_MS).toISOString();
    const decisions = await this.byType(
      `SELECT agent_type, COUNT(*) AS n, AVG(confidence) AS confidence, SUM(CASE WHEN status = 'undone' THEN 1 ELSE 0 END) AS undone
       FROM decisions WHERE created_at >= ? GROUP BY agent_type`,
      since,
    );
    const sent = await this.byType(
      'SELECT from_agent_type AS agent_type, COUNT(*) AS n FROM handoffs WHERE created_at >= ? GROUP BY from_agent_type',
      since,
    );
    const received = await this.byType(
      'SELECT to_agent_type AS agent_type, COUNT(*) AS n FROM handoffs WHERE created_at >= ? GROUP BY to_agent_type',
      since,
    );
    const agents: AgentPerformance[] = [];
    for (const type of HANDOFF_RECEIVERS) {
      const own = decisions.get(type);
      agents.push({
        agent_type: type,
        decisions: Number(own?.n ?? 0),
        mean_confidence: own ? Number(own.confidence) : null,
        undone: Number(own?.undone ?? 0),
        handoffs_sent: Number(sent.get(type)?.n ?? 0),
        handoffs_received: Number(received.get(type)?.n ?? 0),
        escalations_raised: await this.one(
          'SELECT COUNT(*) AS n FROM escalations WHERE created_at >= ? AND raised_by LIKE ?',
          [since, agentIdPattern(type)],
        ),
      });
    }
    const converted = await this.conversions.worthSince(this.database.aside, since);
    return {
      since,
      agents,
      messages_planned: (await this.outreach.stats(since)).total,
      messages_sent: await this.messages.countSent(this.database.aside, since),
      conversions: converted.count,
      conversion_value_usd: converted.value_usd,
    };
  }

  private async byType(sql: string, since: string): Promise<Map<string, SqlRow>> {
    return new Map((await this.database.aside.query(sql, [since])).map((row) => [String(row.agent_type), row]));
  }

  private async one(sql: string, params: readonly unknown[]): Promise<number> {
    return Number((await this.database.aside.query(sql, params))[0]!.n);
  }
}
