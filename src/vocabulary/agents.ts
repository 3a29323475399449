interface AgentTraits {
  /** In its ids: `LT-001`. */
  readonly code: string;
  /** Its name in addresses. */
  readonly slug: string;
  /** Further spellings, in small letters without signs; code, slug and type are spellings anyway. */
  readonly spellings: readonly string[];
  /** Who takes a handoff: the agent does the work, people have it in their inbox, or nobody. */
  readonly handoffs: 'works' | 'people' | 'none';
}

const TABLE = {
  LeadTriage: { code: 'LT', slug: 'lead-triage', spellings: ['triage'], handoffs: 'works' },
  Engagement: { code: 'EN', slug: 'engagement', spellings: ['engage'], handoffs: 'works' },
  Optimizer: {
    code: 'OP',
    slug: 'campaign-optimization',
    spellings: ['campaignoptimizer', 'optimization'],
    handoffs: 'works',
  },
  Manager: { code: 'MG', slug: 'manager', spellings: [], handoffs: 'people' },
  DataScientist: { code: 'DS', slug: 'data-scientist', spellings: [], handoffs: 'none' },
  BusinessAnalyst: { code: 'BA', slug: 'business-analyst', spellings: [], handoffs: 'none' },
  Stakeholder: { code: 'SH', slug: 'stakeholder', spellings: [], handoffs: 'none' },
  MethodologyGuardian: { code: 'GD', slug: 'methodology-guardian', spellings: ['guardian'], handoffs: 'none' },
} as const satisfies Record<string, AgentTraits>;

export type AgentType = keyof typeof TABLE;
/** What each agent is called, and `Manager` for people. A new agent is a row here. */
export const AGENT: Readonly<Record<AgentType, AgentTraits>> = TABLE;
export const AGENT_TYPES = Object.keys(TABLE) as readonly AgentType[];

export type HandoffReceiver = { [A in AgentType]: (typeof TABLE)[A]['handoffs'] extends 'none' ? never : A }[AgentType];
export const HANDOFF_RECEIVERS = AGENT_TYPES.filter(isHandoffReceiver);

export interface AgentName {
  readonly type: AgentType;
  /** Canonical id such as `EN-002`; a bare type name means the type's first agent. */
  readonly id: string;
}

const TYPE_OF_SPELLING: ReadonlyMap<string, AgentType> = new Map(
  AGENT_TYPES.flatMap((type) => {
    const { code, slug, spellings } = AGENT[type];
    return [type, code, slug, ...spellings].map((spelling) => [plain(spelling), type] as const);
  }),
);

/**
 * Reads an agent's name in any of its spellings: `LT-001`, `lead_triage_001`, `lead_triage`, `LeadTriage`, …
 * @returns undefined if the text names no agent
 */
export function parseAgentName(text: string): AgentName | undefined {
  const match = /^([A-Za-z][A-Za-z_ -]{0,60}?)[-_ ]?(\d{1,6})?$/.exec(text.trim());
  if (!match) return undefined;
  const type = TYPE_OF_SPELLING.get(plain(match[1]!));
  return type && { type, id: agentId(type, match[2] === undefined ? 1 : Number(match[2])) };
}

/** `agentId('Engagement', 2)` is `EN-002`. */
export function agentId(type: AgentType, number = 1): string {
  return `${AGENT[type].code}-${String(number).padStart(3, '0')}`;
}

/** What all ids of a type look like to SQL's LIKE: `EN-%`. */
export function agentIdPattern(type: AgentType): string {
  return `${AGENT[type].code}-%`;
}

export function isHandoffReceiver(type: AgentType): type is HandoffReceiver {
  return AGENT[type].handoffs !== 'none';
}

function plain(spelling: string): string {
  return spelling.replace(/[-_ ]/g, '').toLowerCase();
}
