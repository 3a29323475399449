import type { NeedsPerson, OperationDefinition } from './operation.js';
import type { Principal } from './principal.js';

/** Doors at which models and other agents call, whosever key they hold. */
const DOORS_OF_MODELS: ReadonlySet<string> = new Set(['mcp', 'a2a']);
/** Doors at which a company's own programs call too: there it goes by the caller. */
const OPEN_DOORS: ReadonlySet<string> = new Set(['rest', 'rpc']);

/** What a call asks for that a model may not decide; undefined for nothing of the kind. */
export function askedOfPerson({ needsPerson }: OperationDefinition, input: object): NeedsPerson['for'] | undefined {
  if (!needsPerson) return undefined;
  const isAsked = needsPerson.fields?.some((path) => valueAt(input, path) !== undefined) ?? true;
  return isAsked ? needsPerson.for : undefined;
}

/** Whether whoever calls may be a model: by the door, or by the role of agents that the key or user has. */
export function mayBeModel(principal: Principal | undefined, door: string): boolean {
  return DOORS_OF_MODELS.has(door) || (OPEN_DOORS.has(door) && principal?.role === 'agent');
}

function valueAt(input: object, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) =>
        typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined,
      input,
    );
}
