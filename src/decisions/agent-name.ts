/** The agents of the data set, and `Manager` for people. */
export const AGENT_TYPES = ['LeadTriage', 'Engagement', 'Optimizer', 'Manager'] as const;
export type AgentType = (typeof AGENT_TYPES)[number];

export interface AgentName {
  readonly type: AgentType;
  /** Canonical id such as `EN-002`; a bare type name means the type's first agent. */
  readonly id: string;
}

const CODE: Readonly<Record<AgentType, string>> = {
  LeadTriage: 'LT',
  Engagement: 'EN',
  Optimizer: 'OP',
  Manager: 'MG',
};

const TYPE_OF_SPELLING: ReadonlyMap<string, AgentType> = new Map([
  ['lt', 'LeadTriage'],
  ['leadtriage', 'LeadTriage'],
  ['triage', 'LeadTriage'],
  ['en', 'Engagement'],
  ['engagement', 'Engagement'],
  ['op', 'Optimizer'],
  ['optimizer', 'Optimizer'],
  ['campaignoptimizer', 'Optimizer'],
  ['campaignoptimization', 'Optimizer'],
  ['mg', 'Manager'],
  ['manager', 'Manager'],
]);

/**
 * Reads an agent's name in any of its spellings: `LT-001`, `lead_triage_001`, `lead_triage`, `LeadTriage`, …
 * @returns undefined if the text names no agent
 */
export function parseAgentName(text: string): AgentName | undefined {
  const match = /^([A-Za-z][A-Za-z_ -]*?)[-_ ]?(\d{1,6})?$/.exec(text.trim());
  if (!match) return undefined;
  const type = TYPE_OF_SPELLING.get(match[1]!.replace(/[-_ ]/g, '').toLowerCase());
  return type && { type, id: agentId(type, match[2] === undefined ? 1 : Number(match[2])) };
}

/** `agentId('Engagement', 2)` is `EN-002`. */
export function agentId(type: AgentType, number = 1): string {
  return `${CODE[type]}-${String(number).padStart(3, '0')}`;
}
