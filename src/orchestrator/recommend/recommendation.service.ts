import { Injectable } from '@nestjs/common';
import { EngagementAgent, type EngagementDecision } from '../../agents/engagement/index.js';
import { LeadTriageAgent, type TriageDecision } from '../../agents/lead-triage/index.js';
import { Settings } from '../../config/index.js';
import { Database } from '../../database/index.js';
import { factsUsed } from '../../decisions/index.js';
import { notFound } from '../../errors/index.js';
import { Operation } from '../../operations/index.js';
import { agentPrincipal } from '../agent-principals.js';
import { AgentFacts } from '../facts/agent-facts.js';
import { ENGAGEMENT_FACTS } from '../facts/engagement-facts.js';
import { TRIAGE_FACTS } from '../facts/triage-facts.js';
import { hasEnded } from '../engagement/lead-engagement.js';
import { RecommendRequest, RecommendationResponse } from './recommendation.dto.js';
import { type Lead, Leads } from '../../crm/index.js';

/** What the agents would do next with a lead, on present facts; nothing is done and nothing written. */
@Injectable()
export class RecommendationService {
  constructor(
    private readonly facts: AgentFacts,
    private readonly triage: LeadTriageAgent,
    private readonly engagement: EngagementAgent,
    private readonly leads: Leads,
    private readonly database: Database,
    private readonly settings: Settings,
  ) {}

  @Operation({
    name: 'lead.recommend',
    permission: 'leads:read',
    kind: 'query',
    request: RecommendRequest,
    response: RecommendationResponse,
    summary: 'The next best action for a lead, with channel, variant, time and reasons; nothing is done',
    rest: { route: 'GET /api/v1/leads/:lead_id/recommendation', tag: 'agents' },
    aliases: { rpc: 'recommendAction' },
    resource: 'db://leads',
    audience: 'marketer',
  })
  async recommend({ lead_id }: RecommendRequest): Promise<RecommendationResponse> {
    const lead = await this.leads.get(this.database, lead_id);
    if (!lead) throw notFound('lead', lead_id);
    const [toTriage] = await this.facts.gather(TRIAGE_FACTS, agentPrincipal('LeadTriage'), [lead_id]);
    const [toEngage] = await this.facts.gather(ENGAGEMENT_FACTS, agentPrincipal('Engagement'), [lead_id]);
    // it may have been erased meanwhile
    if (!toTriage || !toEngage) throw notFound('lead', lead_id);
    const triaged = this.triage.decide(toTriage);
    const { landingUrl } = this.settings;
    const engaged = await this.engagement.decide(toEngage, {
      mode: triaged.outcome.route === 'nurture' ? 'nurture' : 'engage',
      ...(landingUrl !== undefined && { landing_base_url: landingUrl }),
    });
    return combine(lead, triaged, engaged);
  }
}

function combine(lead: Lead, triaged: TriageDecision, engaged: EngagementDecision): RecommendationResponse {
  const { route, category, score, reasons, recommended_actions } = triaged.outcome;
  const isForAgent = !hasEnded(lead) && (route === 'engagement' || route === 'nurture');
  const message = isForAgent && engaged.outcome.kind === 'message' ? engaged.outcome.message : null;
  const used = isForAgent ? [triaged, engaged] : [triaged];
  const facts = new Map(used.flatMap(factsUsed).map((fact) => [`${fact.source}/${fact.id}`, fact]));
  return {
    lead_id: lead.lead_id,
    action: actionOf(lead, triaged, engaged),
    channel: message?.channel ?? null,
    variant_id: message?.variant_id ?? null,
    planned_for: message?.planned_for ?? null,
    time_zone: message?.time_zone ?? null,
    topic: message?.topic ?? null,
    expected_success: message?.expected_success ?? null,
    category,
    score,
    confidence: Math.min(...used.map(({ confidence }) => confidence)),
    reasons: isForAgent ? [...engaged.reasons, ...reasons] : [...reasons],
    next_steps: recommended_actions.map(({ action }) => action),
    facts: [...facts.values()].map(({ id, valid_at, source }) => ({ id, valid_at, source })),
  };
}

function actionOf(
  lead: Lead,
  { outcome: { route } }: TriageDecision,
  { outcome }: EngagementDecision,
): RecommendationResponse['action'] {
  if (hasEnded(lead)) return 'none';
  if (route === 'person') return 'ask_a_person';
  if (route === 'support') return 'hand_to_support';
  if (outcome.kind === 'message') return 'send_message';
  if (outcome.rule === 'no_consent') return 'wait_for_consent';
  return outcome.rule === 'exhausted' ? 'ask_a_person' : 'wait';
}
