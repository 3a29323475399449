import { AGENT_TABLE, type AgentTraits } from './agent-table.js';

export type AgentType = keyof typeof AGENT_TABLE;
export const AGENT: Readonly<Record<AgentType, AgentTraits>> = AGENT_TABLE;
export const AGENT_TYPES = Object.keys(AGENT_TABLE) as readonly AgentType[];

export type HandoffReceiver = {
  [A in AgentType]: (typeof AGENT_TABLE)[A]['handoffs'] extends 'none' ? never : A;
}[AgentType];
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
