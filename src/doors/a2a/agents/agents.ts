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

/** What stands on the card of an operation; an example is words, or the fields that it takes. */
interface SkillRow extends Omit<Skill, 'operation' | 'examples'> {
  readonly examples: readonly (string | Readonly<Record<string, unknown>>)[];
}

const SKILLS = {
  'lead.triage': {
    name: 'Triage a lead',
    description:
      'Category, score and confidence of a lead with the reasons, and the handoff that follows. Needs lead_id; priority is optional.',
    tags: ['leads', 'scoring', 'routing'],
    examples: ['Triage lead L_1, priority high', { lead_id: 'L_1', priority: 'high' }],
  },
  'lead.get': {
    name: 'Read a lead',
    description: 'Everything that is known of one lead.',
    tags: ['leads', 'read'],
    examples: [{ lead_id: 'L_1' }],
  },
  'lead.list': {
    name: 'List leads',
    description: 'The leads, newest first, by state, category or campaign.',
    tags: ['leads', 'read'],
    examples: [{ limit: 20 }],
  },
  'agent.handoff': {
    name: 'Hand a lead over',
    description: 'Gives a lead to another agent together with its context.',
    tags: ['leads', 'handoff'],
    examples: [
      { from_agent: 'lead_triage', to_agent: 'engagement', lead_id: 'L_1', context: { notes: 'asked for a demo' } },
    ],
  },
  'memory.retrieve': {
    name: 'Recall',
    description: 'What the memory holds of a lead or a conversation.',
    tags: ['memory', 'read'],
    examples: [{ lead_id: 'L_1' }],
  },
  'lead.engage': {
    name: 'Engage a lead',
    description: 'Plans the next message to a lead, or says why there is none. Needs lead_id.',
    tags: ['leads', 'outreach'],
    examples: ['Engage lead L_1', { lead_id: 'L_1' }],
  },
  'message.check': {
    name: 'May this be sent?',
    description: 'What the send gate would say to a message now.',
    tags: ['outreach', 'consent', 'read'],
    examples: [{ lead_id: 'L_1', channel: 'Email' }],
  },
  'message.list': {
    name: 'List messages',
    description: 'Messages that are planned, held, sent or failed.',
    tags: ['outreach', 'read'],
    examples: [{ limit: 20 }],
  },
  'campaign.optimize': {
    name: 'Optimize a campaign',
    description:
      'Triggers, recommendations with impact estimates, and what was applied or put before a person. Needs campaign_id.',
    tags: ['campaigns', 'budget', 'recommendations'],
    examples: ['Optimize campaign C_1', { campaign_id: 'C_1', constraints: { max_budget_increase: 0.1 } }],
  },
  'campaign.get': {
    name: 'Read a campaign',
    description: 'One campaign with its totals.',
    tags: ['campaigns', 'read'],
    examples: [{ campaign_id: 'C_1' }],
  },
  'campaign.list': {
    name: 'List campaigns',
    description: 'The campaigns, with their goals, budgets and states.',
    tags: ['campaigns', 'read'],
    examples: [{ limit: 20 }],
  },
  'campaign.variants': {
    name: 'Variants',
    description: 'A campaign’s test variants.',
    tags: ['campaigns', 'experiments', 'read'],
    examples: [{ campaign_id: 'C_1' }],
  },
  'campaign.daily': {
    name: 'Daily numbers',
    description: 'A campaign’s impressions, clicks, leads, conversions and cost, day by day.',
    tags: ['campaigns', 'time series', 'read'],
    examples: ['Daily numbers of campaign C_1', { campaign_id: 'C_1' }],
  },
  'conversion.list': {
    name: 'List conversions',
    description: 'Conversions with their values.',
    tags: ['conversions', 'read'],
    examples: [{ limit: 50 }],
  },
  'segment.list': {
    name: 'List segments',
    description: 'The customer segments.',
    tags: ['segments', 'read'],
    examples: [{}],
  },
  'system.overview': {
    name: 'Overview',
    description: 'Counts of leads, messages, campaigns and decisions, and what waits for people.',
    tags: ['analytics', 'read'],
    examples: ['How are we doing?', {}],
  },
  'agent.performance': {
    name: 'Performance of the agents',
    description: 'Decisions, confidence, handoffs and escalations of each agent since a day.',
    tags: ['analytics', 'agents', 'read'],
    examples: [{}],
  },
  'inbox.list': {
    name: 'What waits for people',
    description: 'Escalations and approvals in one queue.',
    tags: ['inbox', 'read'],
    examples: ['What is waiting for me?', { limit: 20 }],
  },
  'approval.get': {
    name: 'Read an approval',
    description: 'The exact effect that waits for a yes, its evidence and what it touches.',
    tags: ['inbox', 'read'],
    examples: [{ approval_id: 'apr_1' }],
  },
  'approval.list': {
    name: 'List approvals',
    description: 'Effects that wait, or waited, for a person.',
    tags: ['inbox', 'read'],
    examples: [{ status: 'pending' }],
  },
  'escalation.list': {
    name: 'List escalations',
    description: 'Cases that the agents gave to people.',
    tags: ['inbox', 'read'],
    examples: [{}],
  },
  'decision.get': {
    name: 'Explain a decision',
    description: 'Facts, policy, alternatives, choice and reasons of one decision. Needs decision_id.',
    tags: ['decisions', 'audit', 'read'],
    examples: ['Explain dec_1', { decision_id: 'dec_1' }],
  },
  'decision.replay': {
    name: 'Replay a decision',
    description: 'The same decision made again, under the same policy or another version.',
    tags: ['decisions', 'audit'],
    examples: [{ decision_id: 'dec_1' }],
  },
  'decision.replayMany': {
    name: 'Replay many decisions',
    description: 'Which decisions would flip under another version of the policy.',
    tags: ['decisions', 'audit'],
    examples: [{ kind: 'lead.triage', limit: 100 }],
  },
  'decision.list': {
    name: 'List decisions',
    description: 'The ledger, newest first.',
    tags: ['decisions', 'read'],
    examples: [{ limit: 20 }],
  },
} satisfies Record<string, SkillRow>;

interface AgentRow extends Omit<Agent, 'slug' | 'skills'> {
  readonly skills: readonly (keyof typeof SKILLS)[];
}

/** The seven agents, and the operations that stand behind their skills. The one table of this door. */
const AGENT_ROWS: readonly AgentRow[] = [
  {
    type: 'LeadTriage',
    name: 'Herald Lead Triage',
    description: 'Judges how promising a lead is, says why, and sends it to whoever should answer.',
    skills: ['lead.triage', 'lead.get', 'lead.list', 'agent.handoff', 'memory.retrieve'],
    textRules: [LEAD_ID, PRIORITY],
  },
  {
    type: 'Engagement',
    name: 'Herald Engagement',
    description: 'Chooses the channel, the words and the hour for a lead, within consent, caps and quiet hours.',
    skills: ['lead.engage', 'message.check', 'message.list', 'lead.get', 'memory.retrieve'],
    textRules: [LEAD_ID],
  },
  {
    type: 'Optimizer',
    name: 'Herald Campaign Optimization',
    description: 'Watches campaigns, finds what holds them back and recommends changes with their expected effect.',
    skills: ['campaign.optimize', 'campaign.get', 'campaign.list', 'campaign.variants', 'campaign.daily'],
    textRules: [CAMPAIGN_ID],
  },
  {
    type: 'DataScientist',
    name: 'Herald Data Scientist',
    description: 'Gives the numbers that a marketing mix is judged by: daily series, variants, conversions, segments.',
    skills: ['campaign.daily', 'campaign.variants', 'conversion.list', 'segment.list', 'campaign.list'],
    textRules: [CAMPAIGN_ID],
  },
  {
    type: 'BusinessAnalyst',
    name: 'Herald Business Analyst',
    description: 'Tells how the whole is doing: leads, messages, money, and how well the agents work.',
    skills: ['system.overview', 'agent.performance', 'campaign.list'],
    textRules: [],
  },
  {
    type: 'Stakeholder',
    name: 'Herald Stakeholder',
    description: 'Shows what waits for a person’s word. Deciding is done by people, in the inbox.',
    skills: ['inbox.list', 'approval.get', 'approval.list', 'escalation.list'],
    textRules: [],
  },
  {
    type: 'MethodologyGuardian',
    name: 'Herald Methodology Guardian',
    description:
      'Answers for how decisions were made: explains them, and replays them under the same or another policy.',
    skills: ['decision.get', 'decision.replay', 'decision.replayMany', 'decision.list'],
    textRules: [DECISION_ID],
  },
];

export const AGENTS: readonly Agent[] = AGENT_ROWS.map((row) => ({
  ...row,
  slug: AGENT[row.type].slug,
  skills: row.skills.map(skillOf),
}));

function skillOf(operation: keyof typeof SKILLS): Skill {
  const row: SkillRow = SKILLS[operation];
  const examples = row.examples.map((example) =>
    typeof example === 'string' ? example : JSON.stringify({ skill: operation, input: example }),
  );
  return { operation, ...row, examples };
}

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
