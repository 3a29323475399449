/** JSON Schema (2020-12) as plain data; `$class` stands for a class until `schemaOf` puts a reference in its place. */
export interface JsonSchema {
  type?: string | string[];
  enum?: readonly unknown[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  additionalProperties?: boolean | JsonSchema;
  $ref?: string;
  $class?: () => new () => object;
  [keyword: string]: unknown;
}

type Class = new () => object;

/** What a text means, or why it means nothing; the reason goes on after the field's name. */
export type Reading = { readonly value: string } | { readonly refused: string };

export interface Field {
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
  readonly isNullable: boolean;
  /** The class that the value, or each item of the list, is read into. */
  readonly nested?: { readonly type: () => Class; readonly isList: boolean };
  /** The one form in which a good value reaches the code. */
  readonly normalise?: (value: unknown) => unknown;
  /** The same for text that may mean nothing. */
  readonly read?: (text: string) => Reading;
}

/** A rule on several fields of a class together. */
export interface Shape {
  readonly schema: JsonSchema;
  /** The names of the fields that must be there or must not, and why; empty where the rule is kept. */
  readonly faultsOf: (request: Readonly<Record<string, unknown>>) => readonly { path: string; reason: string }[];
  /** The rule in words, for documents that have no keyword for it. */
  readonly words: string;
  /** The fields that it speaks of: where one of them comes by the path of a route, its document leaves the rule out. */
  readonly names: readonly string[];
}

const fieldsByClass = new Map<Function, Map<string, Field>>();
/** With those of the classes that they extend, as far as they have been asked for. */
const allFields = new Map<Function, ReadonlyMap<string, Field>>();
const shapesByClass = new Map<Function, Shape[]>();

export function addField(owner: Function, name: string, field: Field): void {
  let fields = fieldsByClass.get(owner);
  if (!fields) fieldsByClass.set(owner, (fields = new Map()));
  fields.set(name, field);
  allFields.clear();
}

export function addShape(owner: Function, shape: Shape): void {
  shapesByClass.set(owner, [...(shapesByClass.get(owner) ?? []), shape]);
}

/** The fields of a class and of those it extends, the base first. */
export function fieldsOf(type: Function): ReadonlyMap<string, Field> {
  let fields = allFields.get(type);
  if (!fields) {
    const base = baseOf(type);
    allFields.set(type, (fields = new Map([...(base ? fieldsOf(base) : []), ...(fieldsByClass.get(type) ?? [])])));
  }
  return fields;
}

/** The rules on several fields of a class and of those it extends. */
export function shapesOf(type: Function): readonly Shape[] {
  const base = baseOf(type);
  return [...(base ? shapesOf(base) : []), ...(shapesByClass.get(type) ?? [])];
}

function baseOf(type: Function): Function | undefined {
  const base = Object.getPrototypeOf(type) as Function | null;
  return base && base !== Function.prototype ? base : undefined;
}

export interface SchemaChoice {
  /** For requests: a field that is not named is an error. */
  readonly isClosed: boolean;
  /** Fields that come by another way, such as a path. */
  readonly without?: readonly string[];
  /** Leaves the rules on several fields together out: those who hand schemas to models take none at the root. */
  readonly isFlat?: boolean;
}

/**
 * The JSON Schema of a class.
 * @param refer how to point at another class; called once for each use
 */
export function schemaOf(
  type: Class,
  refer: (other: Class) => JsonSchema,
  { isClosed, without = [], isFlat = !isClosed }: SchemaChoice,
): JsonSchema {
  const fields = [...fieldsOf(type)].filter(([name]) => !without.includes(name));
  const required = fields.filter(([, { isRequired }]) => isRequired).map(([name]) => name);
  const shapes = isFlat ? [] : shapesOf(type).filter(({ names }) => !names.some((name) => without.includes(name)));
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(([name, { schema }]) => [name, resolve(schema, refer)])),
    ...(required.length && { required }),
    ...(isClosed && { additionalProperties: false }),
    ...(shapes.length > 1 ? { allOf: shapes.map(({ schema }) => schema) } : shapes[0]?.schema),
  };
}

function resolve(schema: JsonSchema, refer: (other: Class) => JsonSchema): JsonSchema {
  if (schema.$class) {
    const { $class, ...rest } = schema;
    return { ...refer($class()), ...rest };
  }
  return {
    ...schema,
    ...(schema.items && { items: resolve(schema.items, refer) }),
    ...(schema.anyOf && { anyOf: schema.anyOf.map((each) => resolve(each, refer)) }),
  };
}
