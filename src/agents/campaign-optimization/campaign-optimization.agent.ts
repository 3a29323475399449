import { type AgentDecision, makeDecision } from '../../decisions/index.js';
import { Injectable } from '@nestjs/common';
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

/** Campaign Optimization (`OP-…`): examines a campaign by its facts and recommends. Reads and writes nothing. */
@Injectable()
export class CampaignOptimizationAgent {
  decide(facts: OptimizationFacts, options: OptimizationOptions = {}): OptimizationDecision {
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
