import { scopesOfRole } from '../auth/index.js';
import type { Principal } from '../operations/index.js';
import { agentId, type AgentType } from '../vocabulary/index.js';

const AGENT_SCOPES: ReadonlySet<string> = new Set<string>(scopesOfRole('agent'));

/** Who an agent is when it reads through the resource port: itself, with the scopes of the agent role and no more. */
export function agentPrincipal(type: AgentType, id: string = agentId(type)): Principal {
  return { id, kind: 'agent', name: id, role: 'agent', scopes: AGENT_SCOPES };
}
