import { type AgentDecision, makeDecision } from '../../decisions/index.js';
import { Injectable } from '@nestjs/common';
import { type ResourceAccess, ResourcePort } from '../../operations/index.js';
import { type OptimizationFacts } from '../core/index.js';
import type { Trigger } from './find-triggers.js';
import type { RatioMetric } from './measure-campaign.js';
import { optimizationPolicy, type OptimizationInputs, type OptimizationOutcome } from './optimize-campaign.js';
import { DEFAULT_CONSTRAINTS, type OptimizationConstraints } from './recommendation.js';
import { agentId } from '../../vocabulary/index.js';

export type OptimizationDecision = AgentDecision<OptimizationInputs, OptimizationOutcome>;

const FACT_LISTS = [
  { field: 'episodes', id: 'episode_id', source: 'cache://memory' },
  { field: 'triples', id: 'triple_id', valid_at: 'valid_from', source: 'kg://graph' },
];

/** What a request may say; names as on the wire. */
export interface OptimizationOptions {
  readonly optimization_triggers?: readonly Trigger[];
  readonly current_metrics?: Partial<Record<RatioMetric, number>>;
  readonly constraints?: Partial<OptimizationConstraints>;
  /** Mixed into each campaign's seed. */
  readonly seed?: string;
  /** Which of the optimizers decides; `OP-001` unless set. */
  readonly agent_id?: string;
}

/** Campaign Optimization (`OP-…`): examines campaigns and recommends. Writes nothing. */
@Injectable()
export class CampaignOptimizationAgent {
  constructor(private readonly resources: ResourcePort) {}

  /** One decision for each campaign that exists, in the order of the ids. */
  async decideMany(
    campaignIds: readonly string[],
    options: OptimizationOptions,
    access: ResourceAccess,
  ): Promise<OptimizationDecision[]> {
    const found = await this.resources.search<OptimizationFacts[]>(
      'db://campaigns',
      { view: 'optimization_facts', ids: campaignIds },
      access,
    );
    const factsById = new Map(found.map((facts) => [facts.campaign.campaign_id, facts]));
    return campaignIds.flatMap((id) => {
      const facts = factsById.get(id);
      return facts ? [this.decideOn(facts, options)] : [];
    });
  }

  /** The decision on facts that are at hand already. */
  decideOn(facts: OptimizationFacts, options: OptimizationOptions = {}): OptimizationDecision {
    const { campaign, as_of: asOf } = facts;
    const inputs: OptimizationInputs = {
      facts,
      triggers: options.optimization_triggers ?? null,
      current_metrics: options.current_metrics ?? {},
      constraints: { ...DEFAULT_CONSTRAINTS, ...options.constraints },
    };
    return makeDecision(optimizationPolicy, {
      agent_id: options.agent_id ?? agentId('Optimizer'),
      agent_type: 'Optimizer',
      kind: 'campaign.optimize',
      subject: { type: 'campaign', id: campaign.campaign_id },
      seed: `${options.seed ?? ''}/${campaign.campaign_id}`,
      inputs,
      facts: [
        { id: campaign.campaign_id, valid_at: asOf, source: 'db://campaigns' },
        { id: campaign.campaign_id, valid_at: asOf, source: 'analytics://events' },
      ],
      fact_lists: FACT_LISTS,
      shared: ['peers', 'episodes', 'triples'],
    });
  }
}
