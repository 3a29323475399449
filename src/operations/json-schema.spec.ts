import 'reflect-metadata';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Choice, Flag, Instant, IntNum, JsonObject, ListOf, Nested, Num, Str } from './fields.js';
import { type JsonSchema, schemaOf } from './json-schema.js';
import { validateRequest } from './validate-request.js';

class Part {
  @Str({ min: 1 }) name!: string;
}
class Base {
  @IntNum({ optional: true, min: 1, max: 9, default: 3, description: 'How many' }) limit?: number;
}
class Whole extends Base {
  @Str({ max: 5, pattern: /^[a-z]+$/, example: 'abc' }) word!: string;
  @Choice(['red', 'blue'], { optional: true, nullable: true }) colour?: string | null;
  @Num({ optional: true, min: 0 }) share?: number;
  @Flag({ optional: true }) flag?: boolean;
  @Instant({ optional: true }) at?: string;
  @JsonObject({ optional: true, nullable: true }) json?: object | null;
  @Nested(() => Part, { optional: true, nullable: true }) part?: Part | null;
  @Nested(() => Part, { optional: true, array: true, maxItems: 2 }) parts?: Part[];
  @ListOf('string', { optional: true, values: ['a', 'b'] }) letters?: string[];
}

const inline = (type: new () => object): JsonSchema => schemaOf(type, inline, { isClosed: true });

describe('the schema of a class', () => {
  it('says of each field what is checked, the base class’s first', () => {
    const refer = (type: new () => object) => ({ $ref: `#/${type.name}` });
    expect(schemaOf(Whole, refer, { isClosed: true })).toEqual({
      type: 'object',
      additionalProperties: false,
      required: ['word'],
      properties: {
        limit: { type: 'integer', minimum: 1, maximum: 9, default: 3, description: 'How many' },
        word: { type: 'string', maxLength: 5, pattern: '^[a-z]+$', examples: ['abc'] },
        colour: { type: ['string', 'null'], enum: ['red', 'blue', null] },
        share: { type: 'number', minimum: 0 },
        flag: { type: 'boolean' },
        at: { type: 'string', format: 'date-time' },
        json: { type: ['object', 'null'], additionalProperties: true },
        part: { anyOf: [{ $ref: '#/Part' }, { type: 'null' }] },
        parts: { type: 'array', items: { $ref: '#/Part' }, maxItems: 2 },
        letters: { type: 'array', items: { type: 'string', enum: ['a', 'b'] } },
      },
    });
    expect(schemaOf(Part, refer, { isClosed: false })).not.toHaveProperty('additionalProperties');
  });

  // two descriptions of one thing must not drift apart
  it.each<[object]>([
    [{ word: 'abc' }],
    [{}],
    [{ word: 'ABC' }],
    [{ word: 'abcdef' }],
    [{ word: 1 }],
    [{ word: 'a', colour: null }],
    [{ word: 'a', colour: 'green' }],
    [{ word: 'a', limit: 0 }],
    [{ word: 'a', limit: 1.5 }],
    [{ word: 'a', limit: null }],
    [{ word: 'a', share: -0.1 }],
    [{ word: 'a', flag: 'true' }],
    [{ word: 'a', json: null }],
    [{ word: 'a', json: [] }],
    [{ word: 'a', part: null }],
    [{ word: 'a', part: { name: '' } }],
    [{ word: 'a', part: { name: 'x', more: 1 } }],
    [{ word: 'a', parts: [] }],
    [{ word: 'a', parts: [{ name: 'x' }, { name: 'y' }, { name: 'z' }] }],
    [{ word: 'a', parts: [null] }],
    [{ word: 'a', letters: ['c'] }],
    [{ word: 'a', letters: 'a' }],
    [{ word: 'a', extra: 1 }],
    [{ word: '😀' }],
  ])('agrees with the validation on %j', (input) => {
    const bySchema = new Ajv2020({ strict: false, validateFormats: false }).validate(inline(Whole), input);
    const isAccepted = (() => {
      try {
        validateRequest(Whole, input);
        return true;
      } catch {
        return false;
      }
    })();
    expect(isAccepted).toBe(bySchema);
  });
});
