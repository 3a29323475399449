import type { Principal } from '../operations/index.js';

/** Who wishes a message or a suppression: agents go by their own id, everybody else carries a prefix. */
export function originOf({ kind, id }: Principal): string {
  if (kind === 'agent') return id;
  return `${{ user: 'person', api_key: 'api', system: 'system' }[kind]}:${id}`;
}

/** The agent's id where an agent wished it, for the columns that name agents. */
export function agentOf(origin: string): string | null {
  return origin.includes(':') ? null : origin;
}
