import { forbidden } from '../errors/index.js';
import type { Principal } from '../operations/index.js';

/**
 * The inbox is where people decide about agents.
 * @throws AppError forbidden for an agent, and for Herald itself, whatever scopes they hold
 */
export function requirePerson(principal: Principal): void {
  if (principal.kind === 'agent' || principal.kind === 'system')
    throw forbidden(`only a person decides in the inbox; ${principal.name} is not one`);
}
