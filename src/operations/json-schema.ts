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
interface FieldSchema {
  schema: JsonSchema;
  isRequired: boolean;
}

const fieldsByClass = new Map<Function, Map<string, FieldSchema>>();

export function addField(owner: Function, name: string, field: FieldSchema): void {
  let fields = fieldsByClass.get(owner);
  if (!fields) fieldsByClass.set(owner, (fields = new Map()));
  fields.set(name, field);
}

/** The fields of a class and of those it extends, the base first. */
export function fieldsOf(type: Function): Map<string, FieldSchema> {
  const base = Object.getPrototypeOf(type) as Function | null;
  const inherited = base && base !== Function.prototype ? fieldsOf(base) : new Map<string, FieldSchema>();
  return new Map([...inherited, ...(fieldsByClass.get(type) ?? [])]);
}

/**
 * The JSON Schema of a class.
 * @param refer how to point at another class; called once for each use
 * @param isClosed true for requests: a field that is not named is an error
 */
export function schemaOf(type: Class, refer: (other: Class) => JsonSchema, isClosed: boolean): JsonSchema {
  const fields = [...fieldsOf(type)];
  const required = fields.filter(([, { isRequired }]) => isRequired).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(([name, { schema }]) => [name, resolve(schema, refer)])),
    ...(required.length && { required }),
    ...(isClosed && { additionalProperties: false }),
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
