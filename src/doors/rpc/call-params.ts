import { type CallOptions, Str, fieldsOf, invalid, validateRequest } from '../../operations/index.js';
import type { RpcParams } from './envelope.js';

/** What goes beside the parameters in the reserved member `_meta`. */
class CallMeta {
  @Str({ optional: true, min: 1, max: 200 }) idempotency_key?: string;
  @Str({ optional: true, min: 1, max: 200 }) if_match?: string;
}

export interface CallParams {
  readonly input: Record<string, unknown>;
  readonly meta: Pick<CallOptions, 'idempotencyKey' | 'ifMatch'>;
}

/**
 * Parameters by name, whichever way they came.
 * @throws AppError invalid for too many of them, and for a `_meta` that is none
 */
export function readParams(request: new () => object, params: RpcParams | undefined): CallParams {
  if (Array.isArray(params)) return { input: byName(request, params), meta: {} };
  const { _meta, ...input } = params ?? {};
  return { input, meta: _meta === undefined ? {} : readMeta(_meta) };
}

/**
 * The order of parameters by position: those that must be there, then the others, each as the request class lists
 * them.
 */
export function positions(request: new () => object): string[] {
  const fields = [...fieldsOf(request)];
  return [true, false].flatMap((isRequired) =>
    fields.filter(([, field]) => field.isRequired === isRequired).map(([name]) => name),
  );
}

function byName(request: new () => object, values: unknown[]): Record<string, unknown> {
  const names = positions(request);
  if (values.length > names.length)
    throw invalid('', `at most ${names.length} parameters by position: ${names.join(', ')}`);
  return Object.fromEntries(values.map((value, index) => [names[index], value]));
}

function readMeta(value: unknown): CallParams['meta'] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('_meta', 'must be an object');
  const { idempotency_key: idempotencyKey, if_match: ifMatch } = validateRequest(CallMeta, value);
  return { ...(idempotencyKey !== undefined && { idempotencyKey }), ...(ifMatch !== undefined && { ifMatch }) };
}
