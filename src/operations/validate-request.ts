import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';
import { type FieldError, invalid, invalidFields } from '../errors/index.js';
import { type JsonSchema, fieldsOf } from './json-schema.js';

const MAX_DEPTH = 24;

/**
 * Plain input made into an instance of the request class.
 * @throws AppError invalid, naming each field that is wrong and why
 */
export function validateRequest<T extends object>(type: new () => T, input: unknown): T {
  if (input === undefined || input === null) input = {};
  if (typeof input !== 'object' || Array.isArray(input)) throw invalid('', 'the request must be a JSON object');
  refuseUnstorable(input, '', 0);
  const request = plainToInstance(type, input, { exposeUnsetFields: false });
  const errors = validateSync(request, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: false,
    stopAtFirstError: true,
  });
  if (errors.length > 0) throw invalidFields(errors.flatMap((error) => fieldErrors(error, '')));
  return request;
}

/** Query strings are text: turns them into the numbers, booleans and lists that the request class declares. */
export function coerceText(type: new () => object, input: Record<string, unknown>): Record<string, unknown> {
  const fields = fieldsOf(type);
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [name, coerce(fields.get(name)?.schema, value)]),
  );
}

function coerce(schema: JsonSchema | undefined, value: unknown): unknown {
  const type = Array.isArray(schema?.type) ? schema.type[0] : schema?.type;
  if (type === 'array') return (Array.isArray(value) ? value : [value]).map((each) => coerce(schema!.items, each));
  if (typeof value !== 'string') return value;
  if ((type === 'number' || type === 'integer') && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value)) return Number(value);
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}

/**
 * NUL cannot be stored by PostgreSQL and infinity (which 1e999 is read as) not as JSON; bottomless nesting and the
 * names that every object has have no honest use.
 */
function refuseUnstorable(value: unknown, path: string, depth: number): void {
  if (typeof value === 'string') {
    if (value.includes('\0')) throw invalid(path, 'must not contain the NUL character');
    return;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw invalid(path, 'must be a finite number');
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAX_DEPTH) throw invalid(path, `must not be nested deeper than ${MAX_DEPTH} levels`);
  if (Array.isArray(value)) {
    value.forEach((each, index) => refuseUnstorable(each, `${path}[${index}]`, depth + 1));
    return;
  }
  for (const [key, each] of Object.entries(value)) {
    const inner = path ? `${path}.${key}` : key;
    if (key in Object.prototype || key === 'prototype') throw invalid(inner, 'is not an allowed name');
    if (key.includes('\0')) throw invalid(path, 'must not contain the NUL character in a name');
    refuseUnstorable(each, inner, depth + 1);
  }
}

function fieldErrors(error: ValidationError, parent: string): FieldError[] {
  const isIndex = /^\d+$/.test(error.property);
  const path = isIndex ? `${parent}[${error.property}]` : parent ? `${parent}.${error.property}` : error.property;
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
    path,
    reason: reasonFor(rule, message),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, path))];
}

function reasonFor(rule: string, message: string): string {
  if (rule === 'whitelistValidation') return 'is not a field of this request';
  if (rule === 'nestedValidation') return 'must be an object';
  return message;
}
