import { type JsonSchema, schemaOf } from '../../../operations/index.js';

type Class = new () => object;
/** Limits on what may be sent. Stored rows may be older than a limit, so answers do not promise it. */
const INPUT_LIMITS: ReadonlySet<string> = new Set([
  'minLength',
  'maxLength',
  'pattern',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'format',
]);

/**
 * A JSON Schema (2020-12) that stands alone: the classes that the root refers to are its `$defs`. Closed: a field
 * that is not named is an error.
 */
export function inputSchemaOf(type: Class): JsonSchema {
  return standalone(type, true, (schema) => schema);
}

export function outputSchemaOf(type: Class): JsonSchema {
  return standalone(type, false, withoutInputLimits);
}

function standalone(root: Class, isClosed: boolean, adapt: (schema: JsonSchema) => JsonSchema): JsonSchema {
  const names = new Map<Class, string>();
  const definitions: Record<string, JsonSchema> = {};
  const refer = (other: Class): JsonSchema => {
    let name = names.get(other);
    if (name === undefined) {
      name = names.size > 0 && [...names.values()].includes(other.name) ? `${other.name}${names.size}` : other.name;
      // the place is taken before the fields are looked at, so that a class may refer to itself
      names.set(other, name);
      definitions[name] = adapt(schemaOf(other, refer, { isClosed }));
    }
    return { $ref: `#/$defs/${name}` };
  };
  const schema = adapt(schemaOf(root, refer, { isClosed, isFlat: true }));
  return Object.keys(definitions).length > 0 ? { ...schema, $defs: definitions } : schema;
}

function withoutInputLimits(schema: JsonSchema): JsonSchema {
  const open: JsonSchema = Object.fromEntries(Object.entries(schema).filter(([keyword]) => !INPUT_LIMITS.has(keyword)));
  if (open.items) open.items = withoutInputLimits(open.items);
  if (open.anyOf) open.anyOf = open.anyOf.map(withoutInputLimits);
  if (open.properties)
    open.properties = Object.fromEntries(
      Object.entries(open.properties).map(([name, each]) => [name, withoutInputLimits(each)]),
    );
  return open;
}
