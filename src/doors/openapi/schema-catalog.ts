import type { ApiResponseSchemaHost } from '@nestjs/swagger';
import { type JsonSchema, schemaOf } from '../../operations/index.js';

type Class = new () => object;

/** Limits on what may be sent. Stored rows may be older than a limit, so answers do not promise it. */
const INPUT_LIMITS = ['minLength', 'maxLength', 'pattern'];

/** The document's `components.schemas`, filled as classes are referred to. */
export class SchemaCatalog {
  readonly schemas: Record<string, JsonSchema> = {};
  /** By use: a class has one name for each use of it. */
  private readonly names = new Map<string, Map<Class, string>>();

  /** Closed: a field that is not named is an error. */
  request(type: Class): JsonSchema {
    return this.define('request', 'Input', type, () =>
      schemaOf(type, (other) => this.request(other), { isClosed: true }),
    );
  }

  /** The request class without the fields that come by the path. */
  requestWithout(type: Class, taken: readonly string[]): JsonSchema {
    return this.define(`request without ${taken.join()}`, 'Input', type, () =>
      schemaOf(type, (other) => this.request(other), { isClosed: true, without: taken }),
    );
  }

  response(type: Class): JsonSchema {
    return this.define('response', 'Output', type, () =>
      withoutInputLimits(schemaOf(type, (other) => this.response(other), { isClosed: false })),
    );
  }

  /** Adds a schema that no class stands for. */
  add(name: string, schema: JsonSchema): JsonSchema {
    this.schemas[name] = schema;
    return reference(name);
  }

  private define(use: string, suffix: string, type: Class, build: () => JsonSchema): JsonSchema {
    const names = this.names.get(use) ?? new Map<Class, string>();
    this.names.set(use, names);
    const known = names.get(type);
    if (known !== undefined) return reference(known);
    const name = this.freeName(type.name, suffix);
    names.set(type, name);
    // the place is taken before the fields are looked at, so that a class may refer to itself
    this.schemas[name] = {};
    this.schemas[name] = build();
    return reference(name);
  }

  /** A class that is both sent and answered has two schemas, for only the sent one is closed. */
  private freeName(base: string, suffix: string): string {
    let name = base;
    for (let number = 1; name in this.schemas; number++) name = `${base}${suffix}${number === 1 ? '' : number}`;
    return name;
  }
}

function reference(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

function withoutInputLimits(schema: JsonSchema): JsonSchema {
  const entries = Object.entries(schema).filter(([keyword]) => !INPUT_LIMITS.includes(keyword));
  const open: JsonSchema = Object.fromEntries(entries);
  if (open.items) open.items = withoutInputLimits(open.items);
  if (open.anyOf) open.anyOf = open.anyOf.map(withoutInputLimits);
  if (open.properties) {
    open.properties = Object.fromEntries(
      Object.entries(open.properties).map(([name, each]) => [name, withoutInputLimits(each)]),
    );
  }
  return open;
}

/** The documented answer of a route that is no operation, from a class with field decorators. */
export function answerOf(type: new () => object, status = 200, description = 'The answer') {
  const schema = schemaOf(type, () => ({}), { isClosed: false }) as ApiResponseSchemaHost['schema'];
  return { status, description, content: { 'application/json': { schema } } };
}
