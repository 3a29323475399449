import { Injectable } from '@nestjs/common';
import { Clock } from '../../config/index.js';
import { Conversions } from '../../crm/index.js';
import { Ledger } from '../../decisions/index.js';
import { Inbox } from '../../inbox/index.js';
import { Messages, Outreach } from '../../outreach/index.js';
import { Database } from '../../database/index.js';
import { Operation } from '../../operations/index.js';
import { AgentPerformance, PerformanceRequest, PerformanceResponse } from './performance.dto.js';
import { type AgentType, HANDOFF_RECEIVERS, parseAgentName } from '../../vocabulary/index.js';

const DEFAULT_DAYS = 30;
const DAY_MS = 86_400_000;

/** What each kind of agent did in a span of time, from the ledger. */
@Injectable()
export class PerformanceService {
  constructor(
    private readonly ledger: Ledger,
    private readonly inbox: Inbox,
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
    const { aside } = this.database;
    const decisions = await this.ledger.tallySince(aside, since);
    const sent = await this.handoffsBy('from_agent_type', since);
    const received = await this.handoffsBy('to_agent_type', since);
    const raised = casesByType(await this.inbox.countRaised(aside, since));
    const agents = HANDOFF_RECEIVERS.map((type): AgentPerformance => {
      const own = decisions.get(type);
      return {
        agent_type: type,
        decisions: own?.count ?? 0,
        mean_confidence: own?.meanConfidence ?? null,
        undone: own?.undone ?? 0,
        handoffs_sent: sent.get(type) ?? 0,
        handoffs_received: received.get(type) ?? 0,
        escalations_raised: raised.get(type) ?? 0,
      };
    });
    const converted = await this.conversions.worthSince(aside, since);
    return {
      since,
      agents,
      messages_planned: (await this.outreach.stats(since)).total,
      messages_sent: await this.messages.countSent(aside, since),
      conversions: converted.count,
      conversion_value_usd: converted.value_usd,
    };
  }

  private async handoffsBy(side: 'from_agent_type' | 'to_agent_type', since: string): Promise<Map<string, number>> {
    const rows = await this.database.aside.query(
      `SELECT ${side} AS agent_type, COUNT(*) AS n FROM handoffs WHERE created_at >= ? GROUP BY ${side}`,
      [since],
    );
    return new Map(rows.map(({ agent_type, n }) => [String(agent_type), Number(n)]));
  }
}

/** Cases are raised by agents by their ids, and by people, who are of no type. */
function casesByType(raised: ReadonlyMap<string, number>): Map<AgentType, number> {
  const cases = new Map<AgentType, number>();
  for (const [raisedBy, count] of raised) {
    const type = parseAgentName(raisedBy)?.type;
    if (type) cases.set(type, (cases.get(type) ?? 0) + count);
  }
  return cases;
}
