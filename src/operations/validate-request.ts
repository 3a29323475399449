import { type FieldError, invalid, invalidFields } from '../errors/index.js';
import { getMetadataStorage } from './class-validator.js';
import { type Field, type JsonSchema, fieldsOf, shapesOf } from './json-schema.js';

const MAX_DEPTH = 24;
const UNKNOWN = 'is not a field of this request';

type Class = new () => object;
type Values = Record<string, unknown>;
/** Makes an instance of a class from what came; what is wrong with it is added to `errors`. */
type Reader = (input: Values, path: string, errors: FieldError[]) => object;

/**
 * Plain input made into an instance of the request class.
 * @param path where the input stands in what the caller sent, for the names of the fields
 * @throws AppError invalid, naming each field that is wrong and why
 */
export function validateRequest<T extends object>(type: new () => T, input: unknown, path = ''): T {
  if (input === undefined || input === null) input = {};
  if (typeof input !== 'object' || Array.isArray(input)) throw invalid(path, 'the request must be a JSON object');
  if (!isStorable(input, 0)) refuseUnstorable(input, path, 0);
  const errors: FieldError[] = [];
  const request = readerOf(type)(input as Values, path, errors) as T;
  if (errors.length > 0) throw invalidFields(errors);
  return request;
}

const readers = new WeakMap<Class, Reader>();

/** Put together once for each class: what a field has to be does not change from call to call. */
function readerOf(type: Class): Reader {
  let reader = readers.get(type);
  if (!reader) readers.set(type, (reader = makeReader(type)));
  return reader;
}

/** One rule on a value that is there, and what is said where it is broken. */
interface Rule {
  readonly isKept: (value: unknown) => boolean;
  readonly reason: string;
}

/**
 * The rules that class-validator knows of a class, by field, in the order in which they stand. Its own `validate` looks
 * them up anew for each request.
 */
function rulesOf(type: Class): Map<string, Rule[]> {
  const storage = getMetadataStorage();
  const rules = new Map<string, Rule[]>();
  for (const metadata of storage.getTargetValidationMetadatas(type, '', true, false)) {
    // what may be left out and what is nested is said by the field
    if (metadata.type !== 'customValidation') continue;
    const { propertyName: property, constraints, message, each } = metadata;
    const [constraint] = storage.getTargetValidatorConstraints(metadata.constraintCls);
    if (!constraint || constraint.async) throw new Error(`${type.name}.${property}: rules on fields answer at once`);
    const { instance } = constraint;
    const about = { property, constraints, targetName: type.name, object: {}, value: undefined };
    const isKept = (value: unknown): boolean => instance.validate(value, about) === true;
    const reason = typeof message === 'function' ? message(about) : (message ?? instance.defaultMessage?.(about) ?? '');
    const rule = { isKept: each ? (list: unknown) => (list as unknown[]).every(isKept) : isKept, reason };
    rules.set(property, [...(rules.get(property) ?? []), rule]);
  }
  return rules;
}

function makeReader(type: Class): Reader {
  const fields = fieldsOf(type);
  const rules = rulesOf(type);
  const list = [...fields].map(([name, field]) => [name, field, rules.get(name) ?? []] as const);
  const shapes = shapesOf(type);
  return (input, path, errors) => {
    const request = new type() as Values;
    const before = errors.length;
    for (const name in input) {
      if (input[name] !== undefined && !fields.has(name)) errors.push({ path: join(path, name), reason: UNKNOWN });
    }
    for (const [name, field, rules] of list) {
      const value = input[name];
      if (value === undefined && !field.isRequired) continue;
      if (value !== null || !field.isNullable) request[name] = readField(field, rules, value, path, name, errors);
      else request[name] = null;
    }
    // a rule on several fields is looked at once each of them is what it should be
    if (errors.length === before) {
      for (const { faultsOf } of shapes) {
        for (const fault of faultsOf(request)) errors.push({ ...fault, path: join(path, fault.path) });
      }
    }
    return request;
  };
}

function readField(
  { nested, normalise, read }: Field,
  rules: readonly Rule[],
  value: unknown,
  path: string,
  name: string,
  errors: FieldError[],
): unknown {
  for (const { isKept, reason } of rules) {
    if (isKept(value)) continue;
    errors.push({ path: join(path, name), reason });
    return value;
  }
  if (nested) {
    const readNested = readerOf(nested.type());
    if (!nested.isList) return readNested(value as Values, join(path, name), errors);
    return (value as unknown[]).map((item, index) => {
      const itemPath = `${join(path, name)}[${index}]`;
      if (typeof item === 'object' && item !== null && !Array.isArray(item))
        return readNested(item as Values, itemPath, errors);
      errors.push({ path: itemPath, reason: 'must be an object' });
      return item;
    });
  }
  if (read) {
    const reading = read(value as string);
    if ('value' in reading) return reading.value;
    errors.push({ path: join(path, name), reason: reading.refused });
    return value;
  }
  if (value === undefined && rules.length === 0) errors.push({ path: join(path, name), reason: 'must be given' });
  return normalise ? normalise(value) : value;
}

function join(path: string, name: string): string {
  return path ? `${path}.${name}` : name;
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

/** The same as `refuseUnstorable` looks for, without the words for it: nearly every request passes. */
function isStorable(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return !value.includes('\0');
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth > MAX_DEPTH) return false;
  if (Array.isArray(value)) return value.every((each) => isStorable(each, depth + 1));
  for (const key of Object.keys(value)) {
    if (key in Object.prototype || key === 'prototype' || key.includes('\0')) return false;
    if (!isStorable((value as Values)[key], depth + 1)) return false;
  }
  return true;
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
