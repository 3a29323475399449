import { scopesOfRole } from '../auth/index.js';
import type { Principal } from '../operations/index.js';
import { agentId, type AgentType } from '../vocabulary/index.js';

const AGENT_SCOPES: ReadonlySet<string> = new Set<string>(scopesOfRole('agent'));

/**
 * Who an agent is when it reads through the resource port: itself, with the scopes of the agent role and no more.
 * Several of a type that read together go by the type's name; the first of it reads when none is named.
 */
export function agentPrincipal(type: AgentType, ...ids: readonly string[]): Principal {
  const distinct = new Set(ids);
  const id = distinct.size > 1 ? type : (ids[0] ?? agentId(type));
  return { id, kind: 'agent', name: id, role: 'agent', scopes: AGENT_SCOPES };
}
