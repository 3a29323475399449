import type { Random } from '../../src/config/index.js';
import type { JsonSchema } from '../../src/operations/index.js';

/**
 * Texts that have broken something somewhere: SQL, markup, templates, unusual Unicode, control characters, numbers in
 * disguise.
 */
const ODD_TEXTS = [
  '',
  ' ',
  '\0',
  'a\0b',
  "'; DROP TABLE leads; --",
  '<script>alert(1)</script>',
  '{{ 7 | times: 7 }}',
  '${7*7}',
  '%s%n',
  '../../etc/passwd',
  '\ud800',
  '\u202eabc',
  '𝒳🙂',
  'é'.repeat(300),
  'x'.repeat(5_000),
  'null',
  'true',
  '-1',
  '1e309',
  'NaN',
  '0x10',
  '__proto__',
  'constructor',
  '\r\nX-Injected: 1',
  '2026-02-30',
  '*',
  '"',
  '\\',
  '[]',
  '{}',
];
const ODD_NUMBERS = [0, -0, -1, 1, 0.5, -0.5, 2 ** 31, -(2 ** 31), 2 ** 53, 1e21, 1e308, -1e308, 5e-324];
/** One of these matches most patterns that a document holds. */
const PATTERN_GUESSES = [
  'abc-1',
  'a@example.com',
  '+1-202-555-0142',
  '2026-01-31',
  '09:30',
  'UTC',
  'en',
  '1',
  'a'.repeat(40),
  'key_abc',
  '#abc',
  'https://a.example/b',
];

type Resolve = (reference: string) => JsonSchema;

/** Values made from schemas: ones that fit, ones at the edge, and ones that do not fit at all. */
export class ValueMaker {
  constructor(
    private readonly random: Random,
    private readonly resolve: Resolve,
    /** Ids that exist, by the name of the field that holds them. */
    private readonly knownIds: ReadonlyMap<string, readonly string[]>,
  ) {}

  pick<T>(values: readonly T[]): T {
    return values[this.random.integer(values.length)]!;
  }

  chance(probability: number): boolean {
    return this.random.next() < probability;
  }

  /** A value that fits the schema, as far as one can be guessed. */
  fitting(schema: JsonSchema, name = '', depth = 0): unknown {
    if (schema.$ref) return this.fitting(this.resolve(schema.$ref), name, depth);
    const ids = this.knownIds.get(name);
    if (ids && ids.length > 0 && this.chance(0.85)) return this.pick(ids);
    if (schema.anyOf && schema.type === undefined) return this.fitting(this.pick(schema.anyOf), name, depth);
    if (schema.enum) return this.pick(schema.enum);
    const type = Array.isArray(schema.type) ? this.pick(schema.type) : schema.type;
    if (type !== 'null' && Array.isArray(schema.examples) && this.chance(0.5)) return this.pick(schema.examples);
    switch (type) {
      case 'null':
        return null;
      case 'boolean':
        return this.chance(0.5);
      case 'integer':
        return Math.round(this.numberWithin(schema));
      case 'number':
        return this.numberWithin(schema);
      case 'string':
        return this.text(schema);
      case 'array':
        return Array.from({ length: this.length(schema) }, () => this.fitting(schema.items ?? {}, '', depth + 1));
      case 'object':
        return this.object(schema, depth);
      default:
        return this.pick<unknown>(['text', 1, true, { a: 1 }, [1]]);
    }
  }

  /** Anything, mostly of another type or just beyond a limit. */
  odd(schema: JsonSchema, depth = 0): unknown {
    const beyond = [
      ...(typeof schema.maximum === 'number' ? [schema.maximum + 1] : []),
      ...(typeof schema.minimum === 'number' ? [schema.minimum - 1] : []),
      ...(typeof schema.maxLength === 'number' ? ['y'.repeat(schema.maxLength), 'y'.repeat(schema.maxLength + 1)] : []),
      ...(typeof schema.maxItems === 'number' && schema.maxItems < 5_000
        ? [new Array(schema.maxItems + 1).fill('z')]
        : []),
    ];
    const plain: unknown[] = [
      ...beyond,
      ...beyond,
      this.pick(ODD_TEXTS),
      this.pick(ODD_TEXTS),
      this.pick(ODD_NUMBERS),
      null,
      true,
      [],
      {},
    ];
    if (depth < 2)
      plain.push([this.odd(schema, depth + 1)], { [this.pick(ODD_TEXTS)]: this.odd(schema, depth + 1) }, nested(40));
    return this.pick(plain);
  }

  resolved(reference: string): JsonSchema {
    return this.resolve(reference);
  }

  oddText(): string {
    return this.pick(ODD_TEXTS);
  }

  private object(schema: JsonSchema, depth: number): object {
    const value = this.fields(schema, depth) as Record<string, unknown>;
    const shapes = (schema.allOf as JsonSchema[] | undefined) ?? [schema];
    for (const { oneOf, anyOf } of shapes) {
      const choices = (oneOf ?? anyOf) as JsonSchema[] | undefined;
      if (choices) this.fitTo(value, this.pick(choices), oneOf ? choices : [], schema, depth);
    }
    return value;
  }

  /** Makes the value one of the choice, and of none of the others. */
  private fitTo(
    value: Record<string, unknown>,
    choice: JsonSchema,
    others: readonly JsonSchema[],
    { properties = {}, required = [] }: JsonSchema,
    depth: number,
  ): void {
    const needed = choice.required ?? [];
    for (const name of others.flatMap((other) => other.required ?? []))
      if (!needed.includes(name) && !required.includes(name)) delete value[name];
    for (const [name, { const: only, not }] of Object.entries(choice.properties ?? {})) {
      if (only !== undefined) value[name] = only;
      else if (not) delete value[name];
    }
    for (const name of needed) value[name] ??= this.fitting(properties[name]!, name, depth + 1);
  }

  private fields({ properties = {}, required = [], additionalProperties }: JsonSchema, depth: number): object {
    if (additionalProperties === true && Object.keys(properties).length === 0)
      return this.chance(0.5) && !required.length ? {} : { note: 'abc', score: 0.5, list: [1, 'a'] };
    const names = Object.keys(properties).filter((name) => required.includes(name) || (depth < 4 && this.chance(0.5)));
    return Object.fromEntries(names.map((name) => [name, this.fitting(properties[name]!, name, depth + 1)]));
  }

  private numberWithin({ minimum, maximum }: JsonSchema): number {
    const low = typeof minimum === 'number' ? minimum : -1_000;
    const high = typeof maximum === 'number' ? maximum : Math.max(low, 1_000);
    return this.chance(0.3) ? this.pick([low, high]) : low + this.random.next() * (Math.min(high, low + 1_000) - low);
  }

  private text({ pattern, format, minLength, maxLength }: JsonSchema): string {
    if (format === 'date-time') return `${this.day()}T09:30:00Z`;
    if (format === 'date') return this.day();
    if (typeof pattern === 'string') {
      const fits = PATTERN_GUESSES.filter((guess) => new RegExp(pattern).test(guess));
      return fits.length > 0 ? this.pick(fits) : 'abc';
    }
    const [least, most] = [
      typeof minLength === 'number' ? minLength : 0,
      typeof maxLength === 'number' ? maxLength : 100,
    ];
    return 'Ada Løvelace, Zürich 🙂 '
      .repeat(Math.ceil(Math.max(least, 30) / 20))
      .slice(0, Math.max(least, Math.min(most, 1 + this.random.integer(60))));
  }

  private day(): string {
    return `${2026 + this.random.integer(3)}-0${1 + this.random.integer(9)}-1${this.random.integer(9)}`;
  }

  private length({ minItems, maxItems }: JsonSchema): number {
    const least = typeof minItems === 'number' ? minItems : 0;
    const most = typeof maxItems === 'number' ? maxItems : 3;
    return least + this.random.integer(Math.min(3, most - least) + 1);
  }
}

function nested(levels: number): object {
  return levels === 0 ? {} : { deeper: nested(levels - 1) };
}
