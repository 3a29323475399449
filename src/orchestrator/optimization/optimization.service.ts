import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import {
  CampaignOptimizationAgent,
  type CampaignChange,
  type OptimizationDecision,
  type OptimizationOptions,
  type Recommendation,
} from '../../agents/campaign-optimization/index.js';
import { AsOf } from '../../as-of/index.js';
import { Clock, newId } from '../../config/index.js';
import { AgentActions, Campaigns } from '../../crm/index.js';
import type { Reader, Unit } from '../../database/index.js';
import { followedBy, hashJson, type Inverse, Ledger } from '../../decisions/index.js';
import { notFound } from '../../errors/index.js';
import { type CommandContext, Operation } from '../../operations/index.js';
import { Every, Job, type Tick } from '../../queue/index.js';
import { agentPrincipal } from '../agent-principals.js';
import { AgentFacts } from '../facts/agent-facts.js';
import { readCampaignPhases } from '../facts/campaign-phase.js';
import { OPTIMIZATION_FACTS } from '../facts/optimization-facts.js';
import { HandoffReceivers, completed } from '../handoffs/handoff-receivers.js';
import { type ApprovalItem, Inbox } from '../../inbox/index.js';
import { CAMPAIGN_CHANGE, CampaignChanges } from './campaign-changes.js';
import { CampaignOutcomes } from './campaign-outcomes.js';
import { CAMPAIGN_SIGNAL_TOPIC, type CampaignSignal, CampaignSignals } from './campaign-signals.js';
import { OptimizeRequest, OptimizeResponse } from './optimization.dto.js';
import { agentId } from '../../vocabulary/index.js';

export interface Optimized {
  readonly decision: OptimizationDecision;
  readonly decisionId: string;
  readonly escalationIds: readonly string[];
  /** Per recommendation, the approval that it waits for; null where it was carried out or is for people alone. */
  readonly approvalIds: readonly (string | null)[];
}

/** Has the optimizer look at a campaign, carries out what it may do by itself, and puts the rest before a person. */
@Injectable()
export class OptimizationService implements OnModuleInit {
  constructor(
    private readonly agent: CampaignOptimizationAgent,
    private readonly facts: AgentFacts,
    private readonly receivers: HandoffReceivers,
    private readonly campaigns: Campaigns,
    private readonly actions: AgentActions,
    private readonly ledger: Ledger,
    private readonly changes: CampaignChanges,
    private readonly outcomes: CampaignOutcomes,
    private readonly inbox: Inbox,
    private readonly signals: CampaignSignals,
    private readonly asOf: AsOf,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.receivers.register('Optimizer', (_, arrivals) =>
      Promise.resolve(
        arrivals.map(({ lead }) =>
          completed({ outcome: lead.campaign_id ? 'campaign will be looked at' : 'the lead has no campaign' }),
        ),
      ),
    );
  }

  @Job(CAMPAIGN_SIGNAL_TOPIC, { concurrency: 1 })
  async takeSignal({ payload: { campaign_id } }: Job<CampaignSignal>, unit: Unit): Promise<void> {
    if ((await this.activeCampaigns(unit)).includes(campaign_id))
      await this.optimize(unit, campaign_id, {}, this.clock.iso());
  }

  @Every('hour')
  @Job('campaign.look', { concurrency: 1 })
  async lookAtAll({ payload: { period } }: Job<Tick>, unit: Unit): Promise<void> {
    await this.signals.promise(unit, await this.activeCampaigns(unit), period);
  }

  @Operation({
    name: 'campaign.optimize',
    permission: 'campaigns:write',
    kind: 'command',
    request: OptimizeRequest,
    response: OptimizeResponse,
    summary: 'Look at a campaign: what is wrong, what would make it better, by how much',
    rest: { route: 'POST /api/v1/campaigns/:campaign_id/optimize', tag: 'agents' },
    aliases: { rest: 'POST /api/agents/optimize', rpc: 'optimizeCampaign' },
    resource: 'db://campaigns',
    audience: 'marketer',
    needsPerson: { for: 'money', fields: ['constraints.max_budget_increase'] },
  })
  async optimizeOne(
    { campaign_id, ...options }: OptimizeRequest,
    { unit, now }: CommandContext,
  ): Promise<OptimizeResponse> {
    if (!(await this.campaigns.get(unit, campaign_id))) throw notFound('campaign', campaign_id);
    return toResponse(await this.optimize(unit, campaign_id, options, now));
  }

  /** The campaigns that run now, or did on the stated day that the data is looked at as of. */
  async activeCampaigns(reader: Reader): Promise<string[]> {
    const phases = await readCampaignPhases(this.campaigns, reader, await this.asOf.momentOf(this.clock.iso(), reader));
    return [...phases]
      .filter(([, phase]) => phase === 'active')
      .map(([id]) => id)
      .sort();
  }

  async optimize(unit: Unit, campaignId: string, options: OptimizationOptions, now: string): Promise<Optimized> {
    const id = options.agent_id ?? agentId('Optimizer');
    // two looks at once would both judge the budget that phases before either changes it
    await this.campaigns.lock(unit, campaignId);
    await this.outcomes.measureLast(unit, campaignId, now);
    const agent = agentPrincipal('Optimizer', id);
    const [facts] = await this.facts.gather(OPTIMIZATION_FACTS, agent, [campaignId], { unit });
    const decision = this.agent.decide(facts!, options);
    const { outcome, agent_id } = decision;
    const decisionId = newId('dec');
    const applied: Inverse[] = [];
    for (const { auto_apply, change } of outcome.optimizations) {
      if (auto_apply && change) applied.push(await this.changes.apply(unit, { campaign_id: campaignId, change }, now));
    }
    const proposals = outcome.optimizations.map((each) =>
      !each.auto_apply && each.change ? proposalOf(each, each.change, decision, decisionId) : null,
    );
    const { approvalIds, asked } = await this.propose(unit, campaignId, proposals);
    await this.ledger.record(unit, [
      {
        decision,
        decisionId,
        inverse: applied.length === 0 ? null : applied.reduce(followedBy),
        status: applied.length > 0 ? 'applied' : asked > 0 ? 'proposed' : 'noted',
      },
    ]);
    const escalationIds = await this.inbox.escalate(
      unit,
      outcome.escalations.map(({ reason, summary }) => ({
        campaignId,
        decisionId,
        reason,
        summary,
        raisedBy: agent_id,
        priority: 'high' as const,
        context: { performance_metrics: outcome.performance_metrics },
      })),
    );
    await this.actions.record(unit, [
      {
        timestamp: now,
        action_type: outcome.escalations.length ? 'escalate' : 'optimize',
        source_agent: agent_id,
        source_agent_type: 'Optimizer',
        dest_agent_type: outcome.escalations.length ? 'Manager' : 'Optimizer',
        handoff_context_json: { campaign_id: campaignId, summary: decision.choice, decision_id: decisionId },
        escalation_reason: outcome.escalations[0]?.reason ?? 'none',
      },
    ]);
    return { decision, decisionId, escalationIds, approvalIds };
  }

  /** One approval for each proposal; one that waits already, for the same effect, is not asked for again. */
  private async propose(unit: Unit, campaignId: string, proposals: readonly (ApprovalItem | null)[]) {
    const waiting = await this.inbox.waitingFor(unit, { campaign_id: campaignId, kind: CAMPAIGN_CHANGE });
    const idByEffect = new Map(waiting.map(({ effect_hash, approval_id }) => [effect_hash, approval_id]));
    const approvalIds: (string | null)[] = [];
    let asked = 0;
    for (const proposal of proposals) {
      const known = proposal && idByEffect.get(hashJson(proposal.effect));
      if (proposal && !known) asked++;
      approvalIds.push(proposal && (known ?? (await this.inbox.requestApproval(unit, [proposal]))[0]!));
    }
    return { approvalIds, asked };
  }
}

function proposalOf(
  recommendation: Recommendation,
  change: CampaignChange,
  { subject, agent_id, inputs }: OptimizationDecision,
  decisionId: string,
): ApprovalItem {
  const { campaign } = inputs.facts;
  return {
    kind: CAMPAIGN_CHANGE,
    title: `${campaign.name}: ${recommendation.description}`,
    effect: { campaign_id: subject.id, change },
    evidence: {
      impact_estimate: recommendation.impact_estimate,
      impact_interval: recommendation.impact_interval,
      impact_metric: recommendation.impact_metric,
      held_because: recommendation.auto_apply_reason,
      ...recommendation.evidence,
    },
    blastRadius: { campaigns: 1, daily_budget_usd: campaign.daily_budget_usd, channels: campaign.channel_mix },
    undo: recommendation.inverse ? { campaign_id: subject.id, change: recommendation.inverse } : null,
    campaignId: subject.id,
    decisionId,
    requestedBy: agent_id,
  };
}

function toResponse({ decision, decisionId, escalationIds, approvalIds }: Optimized): OptimizeResponse {
  const { outcome } = decision;
  return {
    campaign_id: decision.subject.id,
    optimizations: outcome.optimizations.map((each, index) => ({
      ...each,
      impact_interval: [...each.impact_interval],
      evidence: { ...each.evidence },
      approval_id: approvalIds[index] ?? null,
    })),
    performance_metrics: { ...outcome.performance_metrics },
    triggers: outcome.triggers.map(({ trigger, fired, reason }) => ({ trigger, fired, reason })),
    data_points: outcome.data_points,
    escalation_ids: [...escalationIds],
    notes: [...outcome.notes],
    decision_id: decisionId,
    agent_id: decision.agent_id,
  };
}
