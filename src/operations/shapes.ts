import { type JsonSchema, addShape } from './json-schema.js';

/**
 * Rules on several fields of a request class together: each validates, and writes the same into the JSON Schema. They
 * are looked at once each field is by itself what it should be.
 */
type Given = Readonly<Record<string, unknown>>;

const isGiven = (request: Given) => (name: string) => request[name] !== undefined;
/** Whatever it is: what a field has to be is said where the fields are. */
const ANY: JsonSchema = {};
const required = (name: string): JsonSchema => ({ properties: { [name]: ANY }, required: [name] });

/** Exactly one of these fields. */
export function OneOf(...names: readonly [string, string, ...string[]]): ClassDecorator {
  const reason = `give either ${names.join(' or ')}`;
  return (type) =>
    addShape(type, {
      names,
      words: reason,
      schema: { oneOf: names.map(required) },
      faultsOf: (request) => (names.filter(isGiven(request)).length === 1 ? [] : [{ path: names[0], reason }]),
    });
}

/** One of these fields, or several. */
export function AtLeastOneOf(...names: readonly [string, ...string[]]): ClassDecorator {
  const reason = `give at least one of ${names.join(', ')}`;
  return (type) =>
    addShape(type, {
      names,
      words: reason,
      schema: { anyOf: names.map(required) },
      faultsOf: (request) => (names.some(isGiven(request)) ? [] : [{ path: names[0], reason }]),
    });
}

export interface FieldsOfValue {
  readonly needs?: readonly string[];
  /** Besides those that it needs. */
  readonly takes?: readonly string[];
  /** Fields that may hold fewer values than they may elsewhere. */
  readonly among?: Readonly<Record<string, readonly string[]>>;
}

interface Reasons {
  readonly missing: (value: string) => string;
  readonly foreign: (value: string, field: string) => string;
}

/**
 * Which fields go with which value of another field. A field that some value names is refused with every other one;
 * fields that none names are left alone.
 */
export function FieldsBy(
  field: string,
  values: Readonly<Record<string, FieldsOfValue>>,
  {
    missing = (value) => `is needed where ${field} is "${value}"`,
    foreign = (value) => `does not go with the ${field} "${value}"`,
  }: Partial<Reasons> = {},
): ClassDecorator {
  const named = [...new Set(Object.values(values).flatMap(({ needs = [], takes = [] }) => [...needs, ...takes]))];
  const foreignTo = ({ needs = [], takes = [] }: FieldsOfValue) =>
    named.filter((name) => !needs.includes(name) && !takes.includes(name));
  const schemas = Object.entries(values).map(([value, fields]): JsonSchema => {
    const refused = foreignTo(fields).map((name): [string, JsonSchema] => [name, { not: {} }]);
    return {
      properties: {
        [field]: { const: value },
        ...Object.fromEntries((fields.needs ?? []).map((name) => [name, ANY])),
        ...Object.fromEntries(Object.entries(fields.among ?? {}).map(([name, allowed]) => [name, { enum: allowed }])),
        ...Object.fromEntries(refused),
      },
      required: [field, ...(fields.needs ?? [])],
    };
  });
  return (type) =>
    addShape(type, {
      names: [field, ...named],
      words: `which fields there may be depends on ${field}`,
      schema: { oneOf: schemas },
      faultsOf: (request) => {
        const value = request[field] as string;
        const fields = values[value];
        if (!fields) return [];
        const has = isGiven(request);
        return [
          ...(fields.needs ?? []).filter((name) => !has(name)).map((path) => ({ path, reason: missing(value) })),
          ...foreignTo(fields)
            .filter(has)
            .map((path) => ({ path, reason: foreign(value, path) })),
          ...Object.entries(fields.among ?? {})
            .filter(([path, allowed]) => has(path) && !allowed.includes(request[path] as string))
            .map(([path, allowed]) => ({
              path,
              reason: `must be one of ${allowed.join(', ')} where ${field} is "${value}"`,
            })),
        ];
      },
    });
}
