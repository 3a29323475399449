import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from './class-validator.js';
import { type Field, type JsonSchema, type Reading, addField } from './json-schema.js';

/**
 * Decorators for the fields of request and response classes. Each one sets class-validator's rules and the JSON Schema
 * together, so that what a document promises is what is checked.
 */
export interface FieldChoice {
  /** May be left out. */
  optional?: boolean;
  /** May be null. */
  nullable?: boolean;
  description?: string;
  example?: unknown;
  default?: unknown;
}

interface TextChoice extends FieldChoice {
  min?: number;
  max?: number;
  pattern?: RegExp;
  format?: string;
}
interface NumberChoice extends FieldChoice {
  min?: number;
  max?: number;
}
interface ListChoice extends FieldChoice {
  minItems?: number;
  maxItems?: number;
}

export const DEFAULT_TEXT_LIMIT = 4_000;
const INT32_MAX = 2_147_483_647;
const HOUR_AND_MINUTE = /([01]\d|2[0-3]):[0-5]\d/.source;
const INSTANT = new RegExp(
  `^(\\d{4}-\\d{2}-\\d{2})T${HOUR_AND_MINUTE}(:[0-5]\\d(\\.\\d{1,9})?)?(Z|[+-]${HOUR_AND_MINUTE})$`,
);

type More = Pick<Field, 'nested' | 'normalise' | 'read'>;

/** A rule that class-validator has no decorator for. */
const rule = (name: string, validate: (value: unknown) => boolean, reason: string): PropertyDecorator =>
  ValidateBy({ name, validator: { validate, defaultMessage: () => reason } });

function field(
  choice: FieldChoice,
  schema: JsonSchema,
  rules: readonly PropertyDecorator[],
  more: More = {},
): PropertyDecorator {
  return (target, property) => {
    const { optional = false, nullable = false, description, example } = choice;
    // IsOptional would let null pass too, so each is stated on its own
    if (optional) ValidateIf((_, value) => value !== undefined && !(nullable && value === null))(target, property);
    else if (nullable) ValidateIf((_, value) => value !== null)(target, property);
    for (const decorate of rules) decorate(target, property);
    const documented: JsonSchema = {
      ...schema,
      ...(description && { description }),
      ...(example !== undefined && { examples: [example] }),
      ...(choice.default !== undefined && { default: choice.default }),
    };
    addField(target.constructor, String(property), {
      schema: nullable ? orNull(documented) : documented,
      isRequired: !optional,
      isNullable: nullable,
      ...more,
    });
  };
}

function orNull(schema: JsonSchema): JsonSchema {
  if (typeof schema.type === 'string') {
    return { ...schema, type: [schema.type, 'null'], ...(schema.enum && { enum: [...schema.enum, null] }) };
  }
  if ('$ref' in schema || schema.$class) return { anyOf: [schema, { type: 'null' }] };
  return schema;
}

/** Text of `min` (default 0) to `max` (default 4,000) characters. */
export function Str(choice: TextChoice = {}): PropertyDecorator {
  const { min = 0, max = DEFAULT_TEXT_LIMIT, pattern, format } = choice;
  const schema: JsonSchema = {
    type: 'string',
    ...(min > 0 && { minLength: min }),
    maxLength: max,
    ...(pattern && { pattern: pattern.source }),
    ...(format && { format }),
  };
  return field(choice, schema, [
    IsString({ message: 'must be text' }),
    Length(min, max, { message: `must have ${min} to ${max} characters` }),
    ...(pattern ? [Matches(pattern, { message: `must match ${pattern.source}` })] : []),
  ]);
}

/**
 * Text that is read into the form in which it is kept: the code gets what the reader makes of it.
 * @param read answers the value, or why the text means nothing
 */
export function Read(
  read: (text: string) => Reading,
  { max = DEFAULT_TEXT_LIMIT, ...choice }: Pick<TextChoice, 'max'> & FieldChoice = {},
): PropertyDecorator {
  const rules = [
    IsString({ message: 'must be text' }),
    Length(0, max, { message: `must have at most ${max} characters` }),
  ];
  return field(choice, { type: 'string', maxLength: max }, rules, { read });
}

export function Choice(values: readonly string[], choice: FieldChoice = {}): PropertyDecorator {
  return field(choice, { type: 'string', enum: [...values] }, [
    IsIn([...values], { message: `must be one of: ${values.join(', ')}` }),
  ]);
}

export function Num(choice: NumberChoice = {}): PropertyDecorator {
  return field(choice, { type: 'number', ...limits(choice) }, [
    IsNumber({}, { message: 'must be a finite number' }),
    ...limitRules(choice),
  ]);
}

export function IntNum(choice: NumberChoice = {}): PropertyDecorator {
  const bounded = { min: -INT32_MAX, max: INT32_MAX, ...choice };
  return field(choice, { type: 'integer', ...limits(bounded) }, [
    IsInt({ message: 'must be a whole number' }),
    ...limitRules(bounded),
  ]);
}

export function Flag(choice: FieldChoice = {}): PropertyDecorator {
  return field(choice, { type: 'boolean' }, [IsBoolean({ message: 'must be true or false' })]);
}

/** A moment: ISO-8601 with its zone; reaches the code as UTC with milliseconds. */
export function Instant(choice: FieldChoice = {}): PropertyDecorator {
  return field(
    choice,
    { type: 'string', format: 'date-time' },
    [rule('isInstant', isInstant, 'must be a time such as 2026-01-31T09:30:00Z')],
    { normalise: (value) => new Date(value as string).toISOString() },
  );
}

function isInstant(value: unknown): value is string {
  const day = typeof value === 'string' ? INSTANT.exec(value)?.[1] : undefined;
  if (day === undefined || !isDay(day)) return false;
  const year = new Date(value as string).getUTCFullYear();
  return year >= 1000 && year <= 9999;
}

/** Whether the calendar has the day: `Date` would take 30 February for 2 March. */
function isDay(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    /^[1-9]\d{3}-\d{2}-\d{2}$/.test(value) &&
    !Number.isNaN(Date.parse(value)) &&
    new Date(value).toISOString().startsWith(value)
  );
}

/** A calendar day, YYYY-MM-DD. */
export function DayField(choice: FieldChoice = {}): PropertyDecorator {
  return field(choice, { type: 'string', format: 'date' }, [rule('isDay', isDay, 'must be a day such as 2026-01-31')]);
}

export function Email(choice: FieldChoice = {}): PropertyDecorator {
  return Str({ ...choice, min: 3, max: 254, pattern: /^[^@\s]+@[^@\s]+\.[^@\s]+$/ });
}

/** Any JSON object. Its strings are data: nothing is looked up or run by them. */
export function JsonObject(choice: FieldChoice & { minProperties?: number } = {}): PropertyDecorator {
  const { minProperties: least = 0 } = choice;
  const schema: JsonSchema = { type: 'object', additionalProperties: true, ...(least && { minProperties: least }) };
  return field(choice, schema, [
    IsObject({ message: 'must be an object' }),
    ...(least
      ? [rule('minProperties', (value) => Object.keys(value as object).length >= least, `must name at least ${least}`)]
      : []),
  ]);
}

/** A list of any JSON values. */
export function JsonList(choice: FieldChoice = {}): PropertyDecorator {
  return field(choice, { type: 'array', items: {} }, [IsArray({ message: 'must be a list' })]);
}

/** Any JSON value at all. */
export function JsonValue(choice: FieldChoice = {}): PropertyDecorator {
  return field({ ...choice, nullable: false }, {}, []);
}

export function Nested(type: () => new () => object, choice: ListChoice & { array?: boolean } = {}): PropertyDecorator {
  const each = choice.array ?? false;
  const item: JsonSchema = { $class: type };
  const schema: JsonSchema = each ? { type: 'array', items: item, ...itemLimits(choice) } : item;
  const rules = each ? listRules(choice) : [IsObject({ message: 'must be an object' })];
  return field(choice, schema, [...rules, ValidateNested({ each })], { nested: { type, isList: each } });
}

/** A list of texts (up to 200 characters each by default) or numbers. */
export function ListOf(
  item: 'string' | 'number',
  choice: ListChoice & { values?: readonly string[]; max?: number } = {},
): PropertyDecorator {
  const { values, max = 200 } = choice;
  const items: JsonSchema =
    item === 'number'
      ? { type: 'number' }
      : { type: 'string', ...(values ? { enum: [...values] } : { maxLength: max }) };
  const rules =
    item === 'number'
      ? [IsNumber({}, { each: true, message: 'must hold finite numbers only' })]
      : values
        ? [IsIn([...values], { each: true, message: `must hold only: ${values.join(', ')}` })]
        : [
            IsString({ each: true, message: 'must hold texts only' }),
            Length(0, max, { each: true, message: `must hold texts of up to ${max} characters` }),
          ];
  return field(choice, { type: 'array', items, ...itemLimits(choice) }, [...listRules(choice), ...rules]);
}

function limits({ min, max }: NumberChoice): JsonSchema {
  return { ...(min !== undefined && { minimum: min }), ...(max !== undefined && { maximum: max }) };
}

function limitRules({ min, max }: NumberChoice): PropertyDecorator[] {
  return [
    ...(min !== undefined ? [Min(min, { message: `must be at least ${min}` })] : []),
    ...(max !== undefined ? [Max(max, { message: `must be at most ${max}` })] : []),
  ];
}

function itemLimits({ minItems, maxItems }: ListChoice): JsonSchema {
  return { ...(minItems !== undefined && { minItems }), ...(maxItems !== undefined && { maxItems }) };
}

function listRules({ minItems, maxItems }: ListChoice): PropertyDecorator[] {
  return [
    IsArray({ message: 'must be a list' }),
    ...(minItems !== undefined ? [ArrayMinSize(minItems, { message: `must hold at least ${minItems}` })] : []),
    ...(maxItems !== undefined ? [ArrayMaxSize(maxItems, { message: `must hold at most ${maxItems}` })] : []),
  ];
}
