import { type AgentDecision, type FactUsed, makeDecision } from '../../decisions/index.js';
import { Injectable } from '@nestjs/common';
import { type EngagementFacts } from '../core/index.js';
import type { EngagementMode } from './choose-strategy.js';
import type { EngagementInputs, EngagementOutcome } from './engagement-outcome.js';
import { engagementPolicy, previewChoice } from './plan-engagement.js';
import { briefFor, WordsModel, type DraftedWords } from './write-words.js';
import { agentId } from '../../vocabulary/index.js';

export type EngagementDecision = AgentDecision<EngagementInputs, EngagementOutcome>;

const FACT_LISTS = [
  { field: 'variants', id: 'variant_id', source: 'db://campaigns' },
  { field: 'known', id: 'fact_id', valid_at: 'valid_from', source: 'cache://memory' },
  { field: 'episodes', id: 'episode_id', source: 'cache://memory' },
  { field: 'triples', id: 'triple_id', valid_at: 'valid_from', source: 'kg://graph' },
];
/** What all leads of a campaign, or of a situation, are judged on. */
const SHARED = ['campaign', 'variants', 'channel_rates', 'persona_channel_rates', 'episodes', 'triples'];

export interface EngagementOptions {
  readonly mode?: EngagementMode;
  /** Where links lead to, as `https://go.example.com`; messages have no links without it. */
  readonly landing_base_url?: string;
  /** Further hosts that words may link to. */
  readonly allowed_link_hosts?: readonly string[];
  /** Mixed into each lead's seed, so that a run can be repeated or varied as a whole. */
  readonly seed?: string;
  /** Which of the engagement agents decides; `EN-001` unless set. */
  readonly agent_id?: string;
}

/** Engagement (`EN-…`): decides what to send to whom, where and when. Reads, writes and sends nothing. */
@Injectable()
export class EngagementAgent {
  constructor(private readonly words: WordsModel) {}

  /** Waits for the words alone, where a language model writes them: they are part of the inputs. */
  async decide(facts: EngagementFacts, options: EngagementOptions = {}): Promise<EngagementDecision> {
    const base = options.landing_base_url?.replace(/\/$/, '') ?? null;
    const undrafted = {
      facts,
      mode: options.mode ?? 'engage',
      landing_base_url: base,
      allowed_link_hosts: [...(base === null ? [] : [new URL(base).host]), ...(options.allowed_link_hosts ?? [])],
    };
    // each message to a lead draws anew, and the same one draws the same again
    const seed = `${options.seed ?? ''}/${facts.lead.lead_id}/${facts.past_messages.length}`;
    const inputs: EngagementInputs = { ...undrafted, drafted_words: await this.draft(undrafted, seed) };
    return makeDecision(engagementPolicy, {
      agent_id: options.agent_id ?? agentId('Engagement'),
      agent_type: 'Engagement',
      kind: 'lead.engage',
      subject: { type: 'lead', id: facts.lead.lead_id },
      seed,
      inputs,
      facts: factsRead(facts),
      fact_lists: FACT_LISTS,
      shared: SHARED,
    });
  }

  private async draft(inputs: Omit<EngagementInputs, 'drafted_words'>, seed: string): Promise<DraftedWords | null> {
    if (!this.words.isConfigured) return null;
    const choice = previewChoice(inputs, seed);
    if (!choice) return null;
    // a model that fails costs its words, not the message: the template stands in
    return this.words.write(briefFor(inputs.facts, choice, inputs.landing_base_url)).catch(() => null);
  }
}

function factsRead({ as_of, lead, campaign, long_term: memory, short_term: shortTerm }: EngagementFacts): FactUsed[] {
  return [
    { id: lead.lead_id, valid_at: as_of, source: 'db://leads' },
    ...(campaign ? [{ id: campaign.campaign_id, valid_at: as_of, source: 'db://campaigns' }] : []),
    ...(memory ? [{ id: lead.lead_id, valid_at: memory.last_updated_at, source: 'cache://memory' }] : []),
    ...(shortTerm ? [{ id: shortTerm.conversation_id, valid_at: as_of, source: 'cache://memory' }] : []),
  ];
}
