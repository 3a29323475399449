import type { OperationDefinition, RestRoute, Route } from '../../operations/index.js';

/** One address of an operation, as Nest and the document need it. */
export interface Address {
  readonly operation: OperationDefinition;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** In the words of the address: the field `lead_id` is `:leadId`. */
  readonly path: string;
  readonly status: number;
  readonly hasEtag: boolean;
  readonly isEmpty: boolean;
  readonly tag: string;
  readonly isAlias: boolean;
}

const OK = 200;
const NO_CONTENT = 204;
export const ALIASES_TAG = 'aliases';

/** The addresses of an operation: its own and, in the same shape, its alias. */
export function addressesOf(operation: OperationDefinition): Address[] {
  const { rest, aliases } = operation;
  if (rest === undefined) return [];
  const own: RestRoute = typeof rest === 'string' ? { route: rest } : rest;
  const { status = own.isEmpty ? NO_CONTENT : OK, hasEtag = false, isEmpty = false } = own;
  const at = (route: Route, tag: string, isAlias: boolean): Address => {
    const [method, path] = route.split(' ') as [Address['method'], string];
    return { operation, method, path: camelCased(path), status, hasEtag, isEmpty, tag, isAlias };
  };
  const tag = own.tag ?? own.route.split('/')[3]!;
  return [at(own.route, tag, false), ...(aliases?.rest ? [at(aliases.rest, ALIASES_TAG, true)] : [])];
}

/** The field that a part of a path stands for: `leadId` is `lead_id`. */
export function fieldOf(parameter: string): string {
  return parameter.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function camelCased(path: string): string {
  return path.replace(/:\w+/g, (parameter) =>
    parameter.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
  );
}
