import { type AgentDecision, type FactUsed, makeDecision } from '../../decisions/index.js';
import { Injectable } from '@nestjs/common';
import { type TriageFacts } from '../core/index.js';
import { LeadModel } from './lead-model.js';
import { triagePolicy } from './triage-lead.js';
import { DEFAULT_CONFIDENCE_THRESHOLD, type TriageInputs, type TriageOutcome } from './triage-outcome.js';
import { agentId, DEFAULT_PRIORITY, type Priority } from '../../vocabulary/index.js';

export type TriageDecision = AgentDecision<TriageInputs, TriageOutcome>;

const FACT_LISTS = [
  { field: 'known', id: 'fact_id', valid_at: 'valid_from', source: 'cache://memory' },
  { field: 'episodes', id: 'episode_id', source: 'cache://memory' },
];
/** What all leads of a campaign, of a kind, or of a situation are judged on. */
const SHARED = ['campaign', 'base_rates', 'episodes'];

export interface TriageOptions {
  readonly priority?: Priority;
  readonly confidence_threshold?: number;
  /** `spent` when no person looks at doubtful leads any more today. */
  readonly attention?: 'spent';
  /** Which of the triage agents decides; `LT-001` unless set. */
  readonly agent_id?: string;
}

/** Lead Triage (`LT-…`): decides on a lead by its facts. Reads and writes nothing; the orchestrator acts on it. */
@Injectable()
export class LeadTriageAgent {
  constructor(private readonly model: LeadModel) {}

  decide(facts: TriageFacts, options: TriageOptions = {}): TriageDecision {
    const inputs: TriageInputs = {
      facts,
      priority: options.priority ?? DEFAULT_PRIORITY,
      model: this.model.predict(facts),
      confidence_threshold: options.confidence_threshold ?? DEFAULT_CONFIDENCE_THRESHOLD,
      ...(options.attention && { attention: options.attention }),
    };
    return makeDecision(triagePolicy, {
      agent_id: options.agent_id ?? agentId('LeadTriage'),
      agent_type: 'LeadTriage',
      kind: 'lead.triage',
      subject: { type: 'lead', id: facts.lead.lead_id },
      seed: facts.lead.lead_id,
      inputs,
      facts: factsRead(facts),
      fact_lists: FACT_LISTS,
      shared: SHARED,
    });
  }
}

function factsRead({ as_of, lead, campaign, short_term: shortTerm, history }: TriageFacts): FactUsed[] {
  const read: FactUsed[] = [{ id: lead.lead_id, valid_at: as_of, source: 'db://leads' }];
  if (campaign) read.push({ id: campaign.campaign_id, valid_at: as_of, source: 'db://campaigns' });
  if (history.total > 0) read.push({ id: lead.lead_id, valid_at: as_of, source: 'db://interactions' });
  if (shortTerm) read.push({ id: shortTerm.conversation_id, valid_at: as_of, source: 'cache://memory' });
  return read;
}
