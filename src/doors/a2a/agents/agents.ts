import { AGENT, type AgentType, PRIORITIES, parseAgentName } from '../../../vocabulary/index.js';

/** Reads a field from plain text: the first group of the pattern, or the whole match, is the value. */
export interface TextRule {
  readonly field: string;
  readonly pattern: RegExp;
}

export interface Skill {
  /** The operation that it is. Its name is the skill's id too. */
  readonly operation: string;
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly examples: readonly string[];
}

export interface Agent {
  readonly type: AgentType;
  /** Its name in addresses. */
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  /** The first is the one that plain text goes to. */
  readonly skills: readonly Skill[];
  /** What plain text can say to the first skill, and nothing else. */
  readonly textRules: readonly TextRule[];
}

/** An id that follows its noun must hold a digit, so that "lead with interest" names none. */
const LEAD_ID: TextRule = {
  field: 'lead_id',
  pattern: /\blead(?:[ _]id)?[ :=#]+(?=[\w.:-]*\d)([\w.:-]{1,64})|\b(L[_-]?\d[\w-]*|L_\w+)/i,
};
const CAMPAIGN_ID: TextRule = {
  field: 'campaign_id',
  pattern: /\bcampaign(?:[ _]id)?[ :=#]+(?=[\w.:-]*\d)([\w.:-]{1,64})|\b(C[_-]?\d[\w-]*|C_\w+)/i,
};
const DECISION_ID: TextRule = { field: 'decision_id', pattern: /\b(dec_[\w-]+)/ };
const PRIORITY: TextRule = { field: 'priority', pattern: new RegExp(`\\b(${PRIORITIES.join('|')})\\b`, 'i') };

const READ_LEAD: Skill = {
  operation: 'lead.get',
  name: 'Read a lead',
  description: 'Everything that is known of one lead.',
  tags: ['leads', 'read'],
  examples: ['{"skill":"lead.get","input":{"lead_id":"L_1"}}'],
};
const REMEMBER: Skill = {
  operation: 'memory.retrieve',
  name: 'Recall',
  description: 'What the memory holds of a lead or a conversation.',
  tags: ['memory', 'read'],
  examples: ['{"skill":"memory.retrieve","input":{"lead_id":"L_1"}}'],
};
const LIST_CAMPAIGNS: Skill = {
  operation: 'campaign.list',
  name: 'List campaigns',
  description: 'The campaigns, with their goals, budgets and states.',
  tags: ['campaigns', 'read'],
  examples: ['{"skill":"campaign.list","input":{"limit":20}}'],
};
const CAMPAIGN_DAYS: Skill = {
  operation: 'campaign.daily',
  name: 'Daily numbers',
  description: 'A campaign’s impressions, clicks, leads, conversions and cost, day by day.',
  tags: ['campaigns', 'time series', 'read'],
  examples: ['Daily numbers of campaign C_1', '{"skill":"campaign.daily","input":{"campaign_id":"C_1"}}'],
};
const VARIANTS: Skill = {
  operation: 'campaign.variants',
  name: 'Variants',
  description: 'A campaign’s test variants.',
  tags: ['campaigns', 'experiments', 'read'],
  examples: ['{"skill":"campaign.variants","input":{"campaign_id":"C_1"}}'],
};

/** The seven agents, and the operations that stand behind their skills. The one table of this door. */
export const AGENTS: readonly Agent[] = [
  {
    type: 'LeadTriage',
    slug: AGENT.LeadTriage.slug,
    name: 'Herald Lead Triage',
    description: 'Judges how promising a lead is, says why, and sends it to whoever should answer.',
    skills: [
      {
        operation: 'lead.triage',
        name: 'Triage a lead',
        tags: ['leads', 'scoring', 'routing'],
        description:
          'Category, score and confidence of a lead with the reasons, and the handoff that follows. Needs lead_id; priority is optional.',
        examples: [
          'Triage lead L_1, priority high',
          '{"skill":"lead.triage","input":{"lead_id":"L_1","priority":"high"}}',
        ],
      },
      READ_LEAD,
      {
        operation: 'lead.list',
        name: 'List leads',
        description: 'The leads, newest first, by state, category or campaign.',
        tags: ['leads', 'read'],
        examples: ['{"skill":"lead.list","input":{"limit":20}}'],
      },
      {
        operation: 'agent.handoff',
        name: 'Hand a lead over',
        description: 'Gives a lead to another agent together with its context.',
        tags: ['leads', 'handoff'],
        examples: [
          '{"skill":"agent.handoff","input":{"from_agent":"lead_triage","to_agent":"engagement","lead_id":"L_1","context":{"notes":"asked for a demo"}}}',
        ],
      },
      REMEMBER,
    ],
    textRules: [LEAD_ID, PRIORITY],
  },
  {
    type: 'Engagement',
    slug: AGENT.Engagement.slug,
    name: 'Herald Engagement',
    description: 'Chooses the channel, the words and the hour for a lead, within consent, caps and quiet hours.',
    skills: [
      {
        operation: 'lead.engage',
        name: 'Engage a lead',
        tags: ['leads', 'outreach'],
        description: 'Plans the next message to a lead, or says why there is none. Needs lead_id.',
        examples: ['Engage lead L_1', '{"skill":"lead.engage","input":{"lead_id":"L_1"}}'],
      },
      {
        operation: 'message.check',
        name: 'May this be sent?',
        description: 'What the send gate would say to a message now.',
        tags: ['outreach', 'consent', 'read'],
        examples: ['{"skill":"message.check","input":{"lead_id":"L_1","channel":"Email"}}'],
      },
      {
        operation: 'message.list',
        name: 'List messages',
        description: 'Messages that are planned, held, sent or failed.',
        tags: ['outreach', 'read'],
        examples: ['{"skill":"message.list","input":{"limit":20}}'],
      },
      READ_LEAD,
      REMEMBER,
    ],
    textRules: [LEAD_ID],
  },
  {
    type: 'Optimizer',
    slug: AGENT.Optimizer.slug,
    name: 'Herald Campaign Optimization',
    description: 'Watches campaigns, finds what holds them back and recommends changes with their expected effect.',
    skills: [
      {
        operation: 'campaign.optimize',
        name: 'Optimize a campaign',
        tags: ['campaigns', 'budget', 'recommendations'],
        description:
          'Triggers, recommendations with impact estimates, and what was applied or put before a person. Needs campaign_id.',
        examples: [
          'Optimize campaign C_1',
          '{"skill":"campaign.optimize","input":{"campaign_id":"C_1","constraints":{"max_budget_increase":0.1}}}',
        ],
      },
      {
        operation: 'campaign.get',
        name: 'Read a campaign',
        description: 'One campaign with its totals.',
        tags: ['campaigns', 'read'],
        examples: ['{"skill":"campaign.get","input":{"campaign_id":"C_1"}}'],
      },
      LIST_CAMPAIGNS,
      VARIANTS,
      CAMPAIGN_DAYS,
    ],
    textRules: [CAMPAIGN_ID],
  },
  {
    type: 'DataScientist',
    slug: AGENT.DataScientist.slug,
    name: 'Herald Data Scientist',
    description: 'Gives the numbers that a marketing mix is judged by: daily series, variants, conversions, segments.',
    skills: [
      CAMPAIGN_DAYS,
      VARIANTS,
      {
        operation: 'conversion.list',
        name: 'List conversions',
        description: 'Conversions with their values.',
        tags: ['conversions', 'read'],
        examples: ['{"skill":"conversion.list","input":{"limit":50}}'],
      },
      {
        operation: 'segment.list',
        name: 'List segments',
        description: 'The customer segments.',
        tags: ['segments', 'read'],
        examples: ['{"skill":"segment.list","input":{}}'],
      },
      LIST_CAMPAIGNS,
    ],
    textRules: [CAMPAIGN_ID],
  },
  {
    type: 'BusinessAnalyst',
    slug: AGENT.BusinessAnalyst.slug,
    name: 'Herald Business Analyst',
    description: 'Tells how the whole is doing: leads, messages, money, and how well the agents work.',
    skills: [
      {
        operation: 'system.overview',
        name: 'Overview',
        description: 'Counts of leads, messages, campaigns and decisions, and what waits for people.',
        tags: ['analytics', 'read'],
        examples: ['How are we doing?', '{"skill":"system.overview","input":{}}'],
      },
      {
        operation: 'agent.performance',
        name: 'Performance of the agents',
        description: 'Decisions, confidence, handoffs and escalations of each agent since a day.',
        tags: ['analytics', 'agents', 'read'],
        examples: ['{"skill":"agent.performance","input":{}}'],
      },
      LIST_CAMPAIGNS,
    ],
    textRules: [],
  },
  {
    type: 'Stakeholder',
    slug: AGENT.Stakeholder.slug,
    name: 'Herald Stakeholder',
    description: 'Shows what waits for a person’s word. Deciding is done by people, in the inbox.',
    skills: [
      {
        operation: 'inbox.list',
        name: 'What waits for people',
        description: 'Escalations and approvals in one queue.',
        tags: ['inbox', 'read'],
        examples: ['What is waiting for me?', '{"skill":"inbox.list","input":{"limit":20}}'],
      },
      {
        operation: 'approval.get',
        name: 'Read an approval',
        description: 'The exact effect that waits for a yes, its evidence and what it touches.',
        tags: ['inbox', 'read'],
        examples: ['{"skill":"approval.get","input":{"approval_id":"apr_1"}}'],
      },
      {
        operation: 'approval.list',
        name: 'List approvals',
        description: 'Effects that wait, or waited, for a person.',
        tags: ['inbox', 'read'],
        examples: ['{"skill":"approval.list","input":{"status":"pending"}}'],
      },
      {
        operation: 'escalation.list',
        name: 'List escalations',
        description: 'Cases that the agents gave to people.',
        tags: ['inbox', 'read'],
        examples: ['{"skill":"escalation.list","input":{}}'],
      },
    ],
    textRules: [],
  },
  {
    type: 'MethodologyGuardian',
    slug: AGENT.MethodologyGuardian.slug,
    name: 'Herald Methodology Guardian',
    description:
      'Answers for how decisions were made: explains them, and replays them under the same or another policy.',
    skills: [
      {
        operation: 'decision.get',
        name: 'Explain a decision',
        tags: ['decisions', 'audit', 'read'],
        description: 'Facts, policy, alternatives, choice and reasons of one decision. Needs decision_id.',
        examples: ['Explain dec_1', '{"skill":"decision.get","input":{"decision_id":"dec_1"}}'],
      },
      {
        operation: 'decision.replay',
        name: 'Replay a decision',
        description: 'The same decision made again, under the same policy or another version.',
        tags: ['decisions', 'audit'],
        examples: ['{"skill":"decision.replay","input":{"decision_id":"dec_1"}}'],
      },
      {
        operation: 'decision.replayMany',
        name: 'Replay many decisions',
        description: 'Which decisions would flip under another version of the policy.',
        tags: ['decisions', 'audit'],
        examples: ['{"skill":"decision.replayMany","input":{"kind":"lead.triage","limit":100}}'],
      },
      {
        operation: 'decision.list',
        name: 'List decisions',
        description: 'The ledger, newest first.',
        tags: ['decisions', 'read'],
        examples: ['{"skill":"decision.list","input":{"limit":20}}'],
      },
    ],
    textRules: [DECISION_ID],
  },
];

/** Whom the server's own well-known address stands for: where a lead enters. */
export const DEFAULT_AGENT = AGENTS[0]!;

/**
 * The agent that is meant: its address name, or any spelling of it with or without a number (`LT-001`,
 * `lead_triage_001`, `LeadTriage`).
 */
export function findAgent(text: string): Agent | undefined {
  const type = parseAgentName(text)?.type;
  return AGENTS.find((agent) => agent.type === type);
}
