import { forbidden } from '../errors/index.js';

/** Who is calling: a signed-in person, a key, one of the agents, or Herald itself. */
export interface Principal {
  readonly id: string;
  readonly kind: 'user' | 'api_key' | 'agent' | 'system';
  readonly name: string;
  readonly role?: string;
  /** Scopes such as `leads:write`; `*` is every scope. */
  readonly scopes: ReadonlySet<string>;
  readonly ip?: string;
}

export function hasScope(principal: Principal, scope: string): boolean {
  return principal.scopes.has(scope) || principal.scopes.has('*');
}

/**
 * That what is done here is for people.
 * @throws AppError forbidden for an agent, and for a key or user with the role of agents
 */
export function refuseAgents({ kind, role, name }: Principal, what: string): void {
  if (kind === 'agent' || role === 'agent') throw forbidden(`agents may not ${what}; ${name} is one`);
}

/** Herald acting for itself: schedules, the relay, start-up work. */
export const SYSTEM: Principal = { id: 'system', kind: 'system', name: 'Herald', scopes: new Set(['*']) };
