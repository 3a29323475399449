export interface AgentTraits {
  /** In its ids: `LT-001`. */
  readonly code: string;
  /** Its name in addresses. */
  readonly slug: string;
  /** Further spellings, in small letters without signs; code, slug and type are spellings anyway. */
  readonly spellings: readonly string[];
  /** Who takes a handoff: the agent does the work, people have it in their inbox, or nobody. */
  readonly handoffs: 'works' | 'people' | 'none';
  /** The kinds of decisions that it makes. */
  readonly decides: readonly string[];
}

/** What each agent is called, and `Manager` for people. A new agent is a row here. */
export const AGENT_TABLE = {
  LeadTriage: { code: 'LT', slug: 'lead-triage', spellings: ['triage'], handoffs: 'works', decides: ['lead.triage'] },
  Engagement: { code: 'EN', slug: 'engagement', spellings: ['engage'], handoffs: 'works', decides: ['lead.engage'] },
  Optimizer: {
    code: 'OP',
    slug: 'campaign-optimization',
    spellings: ['campaignoptimizer', 'optimization'],
    handoffs: 'works',
    decides: ['campaign.optimize'],
  },
  Manager: { code: 'MG', slug: 'manager', spellings: [], handoffs: 'people', decides: [] },
  DataScientist: { code: 'DS', slug: 'data-scientist', spellings: [], handoffs: 'none', decides: [] },
  BusinessAnalyst: { code: 'BA', slug: 'business-analyst', spellings: [], handoffs: 'none', decides: [] },
  Stakeholder: { code: 'SH', slug: 'stakeholder', spellings: [], handoffs: 'none', decides: [] },
  MethodologyGuardian: {
    code: 'GD',
    slug: 'methodology-guardian',
    spellings: ['guardian'],
    handoffs: 'none',
    decides: [],
  },
} as const satisfies Record<string, AgentTraits>;
