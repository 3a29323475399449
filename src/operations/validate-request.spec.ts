import 'reflect-metadata';
import { IsUppercase, validateSync } from 'class-validator';
import { AppError, type FieldError } from '../errors/index.js';
import {
  Choice,
  DayField,
  Email,
  Flag,
  Instant,
  IntNum,
  JsonObject,
  JsonValue,
  ListOf,
  Nested,
  Num,
  Str,
} from './fields.js';
import { coerceText, validateRequest } from './validate-request.js';

class Inner {
  @Str({ min: 1 }) name!: string;
  @IntNum({ optional: true, min: 0, max: 10 }) size?: number;
}

class Sample {
  @Str({ min: 2, max: 5, pattern: /^[a-z]+$/ }) word!: string;
  @Choice(['red', 'blue'], { optional: true, nullable: true }) colour?: string | null;
  @Num({ optional: true, min: -1, max: 1 }) share?: number;
  @IntNum({ optional: true }) count?: number;
  @Flag({ optional: true }) flag?: boolean;
  @Instant({ optional: true }) at?: string;
  @DayField({ optional: true }) day?: string;
  @Email({ optional: true, nullable: true }) email?: string | null;
  @JsonObject({ optional: true }) json?: Record<string, unknown>;
  @JsonValue({ optional: true }) any?: unknown;
  @Nested(() => Inner, { optional: true, nullable: true }) inner?: Inner | null;
  @Nested(() => Inner, { optional: true, array: true, maxItems: 3 }) list?: Inner[];
  @ListOf('string', { optional: true, minItems: 1, maxItems: 2, max: 3 }) words?: string[];
  @ListOf('number', { optional: true }) numbers?: number[];
}

const valid = (over: object = {}) => validateRequest(Sample, { word: 'abc', ...over });
function errorsOf(input: unknown): FieldError[] {
  try {
    validateRequest(Sample, input);
  } catch (error) {
    if (error instanceof AppError && error.kind === 'invalid') return error.errors;
    throw error;
  }
  return [];
}

describe('a request', () => {
  it.each([
    [{ word: 'abc' }, true],
    [{ word: 'abc', colour: null, share: 1, flag: false, words: ['a'], numbers: [1], day: '2026-01-31' }, true],
    [{}, false],
    [{ word: 'ABC' }, false],
    [{ word: 'abc', colour: 'green' }, false],
    [{ word: 'abc', flag: null }, false],
    [{ word: 'abc', count: 1.5 }, false],
    [{ word: 'abc', at: '2026-02-30T00:00:00Z' }, false],
    [{ word: 'abc', words: [] }, false],
    [{ word: 'abc', numbers: ['1'] }, false],
    [{ word: 'abc', json: [] }, false],
  ])("is judged as class-validator's own validate judges it: %j", (input, isGood) => {
    const request = Object.assign(new Sample(), input);
    expect(validateSync(request, { forbidUnknownValues: false })).toHaveLength(isGood ? 0 : 1);
    expect(errorsOf(input)).toHaveLength(isGood ? 0 : 1);
  });

  it("keeps to rules of class-validator's that stand beside ours", () => {
    class Loud {
      @Str() @IsUppercase({ message: 'must be loud' }) word!: string;
    }
    expect(validateRequest(Loud, { word: 'HEY' })).toEqual({ word: 'HEY' });
    expect(() => validateRequest(Loud, { word: 'hey' })).toThrow('must be loud');
  });

  it('becomes an instance of its class, without the fields that were left out', () => {
    const request = valid({ inner: { name: 'x' }, list: [{ name: 'y', size: 3 }] });
    expect(request).toBeInstanceOf(Sample);
    expect(request.inner).toBeInstanceOf(Inner);
    expect(request.list![0]).toBeInstanceOf(Inner);
    expect(Object.keys(request).sort()).toEqual(['inner', 'list', 'word']);
  });

  it('may be left out where nothing is required', () => {
    class Nothing {}
    expect(validateRequest(Nothing, undefined)).toEqual({});
    expect(validateRequest(Nothing, null)).toEqual({});
  });

  it.each<[string, object]>([
    ['null where it may be', { colour: null, email: null, inner: null }],
    ['the edges of a range', { share: -1, count: 2_147_483_647 }],
    ['any JSON', { json: { a: [1, { b: null }] }, any: [1, 'x', null, { c: true }] }],
    ['characters of every plane', { json: { text: '😀 ü \u2028' } }],
  ])('is taken with %s', (_, over) => expect(errorsOf({ word: 'abc', ...over })).toEqual([]));

  it.each<[object, string, string | RegExp]>([
    [{ word: undefined }, 'word', 'must be text'],
    [{ word: null }, 'word', 'must be text'],
    [{ word: 7 }, 'word', 'must be text'],
    [{ word: 'a' }, 'word', 'must have 2 to 5 characters'],
    [{ word: 'ABC' }, 'word', /must match/],
    [{ colour: 'green' }, 'colour', 'must be one of: red, blue'],
    [{ share: 1.1 }, 'share', 'must be at most 1'],
    [{ share: '0.5' }, 'share', 'must be a finite number'],
    [{ share: NaN }, 'share', 'must be a finite number'],
    [{ share: Infinity }, 'share', 'must be a finite number'],
    [{ count: 1.5 }, 'count', 'must be a whole number'],
    [{ count: 2_147_483_648 }, 'count', /at most/],
    [{ flag: 1 }, 'flag', 'must be true or false'],
    [{ email: 'a@b' }, 'email', /must match/],
    [{ json: [] }, 'json', 'must be an object'],
    [{ json: null }, 'json', 'must be an object'],
    [{ inner: 'x' }, 'inner', 'must be an object'],
    [{ inner: [] }, 'inner', 'must be an object'],
    [{ inner: {} }, 'inner.name', 'must be text'],
    [{ inner: { name: 'x', size: 11 } }, 'inner.size', 'must be at most 10'],
    [{ inner: { name: 'x', colour: 1 } }, 'inner.colour', 'is not a field of this request'],
    [{ list: [{ name: 'x' }, { name: '' }] }, 'list[1].name', /characters/],
    [{ list: [{ name: 'x' }, 'y'] }, 'list[1]', /must be an object/],
    [{ list: {} }, 'list', 'must be a list'],
    [{ list: [1, 2, 3, 4].map((n) => ({ name: `${n}` })) }, 'list', 'must hold at most 3'],
    [{ words: [] }, 'words', 'must hold at least 1'],
    [{ words: ['long one'] }, 'words', 'must hold texts of up to 3 characters'],
    [{ words: [1] }, 'words', /texts/],
    [{ numbers: ['1'] }, 'numbers', 'must hold finite numbers only'],
    [{ extra: 1 }, 'extra', 'is not a field of this request'],
    [{ json: { deep: ['a\0b'] } }, 'json.deep[0]', 'must not contain the NUL character'],
    [{ json: { 'a\0': 1 } }, 'json', 'must not contain the NUL character in a name'],
    [{ json: { deep: [1e999] } }, 'json.deep[0]', 'must be a finite number'],
    [{ any: { toString: 'x' } }, 'any.toString', 'is not an allowed name'],
    [{ json: JSON.parse('{"__proto__": {"polluted": true}}') }, 'json.__proto__', 'is not an allowed name'],
  ])('names what is wrong with %j', (over, path, reason) => {
    const errors = errorsOf({ word: 'abc', ...over });
    expect(errors.map((each) => each.path)).toEqual([path]);
    expect(errors[0]!.reason).toEqual(typeof reason === 'string' ? reason : expect.stringMatching(reason));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('is told all that is wrong at once', () => {
    expect(
      errorsOf({ colour: 'green', inner: { size: -1 }, extra: 1 })
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['colour', 'extra', 'inner.name', 'inner.size', 'word']);
  });

  it.each([
    ['a list', []],
    ['a text', 'x'],
    ['a number', 1],
    ['a boolean', true],
  ])('must be an object, not %s', (_, input) => {
    expect(errorsOf(input)).toEqual([{ path: '', reason: 'the request must be a JSON object' }]);
  });

  it('may be nested, but not without end', () => {
    const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);
    expect(errorsOf({ word: 'abc', any: nested(24) })).toEqual([]);
    expect(errorsOf({ word: 'abc', any: nested(26) })[0]!.reason).toContain('deeper than 24');
    expect(errorsOf({ word: 'abc', any: nested(5_000) })[0]!.reason).toContain('deeper than 24');
  });
});

describe('a moment', () => {
  it.each([
    ['2026-01-31T09:30:00Z', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31T09:30Z', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31T09:30:00.123456+02:00', '2026-01-31T07:30:00.123Z'],
    ['2024-02-29T23:59:59-11:30', '2024-03-01T11:29:59.000Z'],
  ])('%s is kept as %s', (given, kept) => expect(valid({ at: given }).at).toBe(kept));

  it.each([
    '2026-01-31',
    '2026-01-31T09:30:00',
    '2026-02-30T09:30:00Z',
    '2025-02-29T09:30:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T10:60:00Z',
    '2026-01-01T10:00:00+25:00',
    '0000-01-01T00:00:00Z',
    '0999-12-31T00:00:00Z',
    '+012026-01-01T00:00:00Z',
    'now',
    '',
    5,
    null,
    ['2026-01-31T09:30:00Z'],
  ])('is not %j', (at) => {
    expect(errorsOf({ word: 'abc', at }).map(({ path }) => path)).toEqual(['at']);
  });
});

describe('a day', () => {
  it.each(['2026-01-31', '2024-02-29'])('is %s', (day) => expect(valid({ day }).day).toBe(day));
  it.each(['2026-02-30', '2025-02-29', '2026-1-1', '2026-01-31T00:00:00Z', '0026-01-01', 20260131])(
    'is not %j',
    (day) => {
      expect(errorsOf({ word: 'abc', day }).map(({ path }) => path)).toEqual(['day']);
    },
  );
});

describe('text from a query string', () => {
  it('takes the types that the request declares', () => {
    const text = {
      word: '12',
      share: '0.5',
      count: '-3',
      flag: 'true',
      words: 'a',
      numbers: ['1', '2.5'],
      colour: 'red',
      unknown: '1',
    };
    expect(coerceText(Sample, text)).toEqual({
      word: '12',
      share: 0.5,
      count: -3,
      flag: true,
      words: ['a'],
      numbers: [1, 2.5],
      colour: 'red',
      unknown: '1',
    });
  });

  it('stays text where it is none of them, and is then refused', () => {
    for (const text of [{ count: '1x' }, { count: '' }, { share: '0x10' }, { flag: 'yes' }, { count: ' 1' }]) {
      const [name] = Object.keys(text);
      expect(errorsOf({ word: 'abc', ...coerceText(Sample, text) }).map(({ path }) => path)).toEqual([name]);
    }
  });
});
