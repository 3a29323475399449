import 'reflect-metadata';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { AppError } from '../errors/index.js';
import { Choice, Str } from './fields.js';
import { type JsonSchema, schemaOf } from './json-schema.js';
import { AtLeastOneOf, FieldsBy, OneOf } from './shapes.js';
import { validateRequest } from './validate-request.js';

@OneOf('address', 'lead_id')
class EitherRequest {
  @Str({ optional: true }) address?: string;
  @Str({ optional: true }) lead_id?: string;
}

@AtLeastOneOf('text', 'subject')
class SomeRequest extends EitherRequest {
  @Str({ optional: true }) text?: string;
  @Str({ optional: true }) subject?: string;
}

@FieldsBy('kind', { plain: {}, change: { needs: ['to'], takes: ['note'] }, back: { needs: ['by'] } })
class ByKindRequest {
  @Choice(['plain', 'change', 'back', 'free']) kind!: string;
  @Str({ optional: true }) to?: string;
  @Str({ optional: true }) note?: string;
  @Str({ optional: true }) by?: string;
  @Str({ optional: true }) anything?: string;
}

const inline = (type: new () => object): JsonSchema => schemaOf(type, inline, { isClosed: true });
const ajv = new Ajv2020({ strict: true, strictRequired: true });

describe('a rule on several fields', () => {
  it.each<[new () => object, object, string[]]>([
    [EitherRequest, { address: 'a' }, []],
    [EitherRequest, { lead_id: 'l' }, []],
    [EitherRequest, {}, ['address']],
    [EitherRequest, { address: 'a', lead_id: 'l' }, ['address']],
    [SomeRequest, { address: 'a', text: 't' }, []],
    [SomeRequest, { address: 'a', text: 't', subject: 's' }, []],
    [SomeRequest, { address: 'a' }, ['text']],
    [SomeRequest, { text: 't' }, ['address']],
    [ByKindRequest, { kind: 'plain' }, []],
    [ByKindRequest, { kind: 'plain', anything: 'x' }, []],
    [ByKindRequest, { kind: 'plain', to: 'x' }, ['to']],
    [ByKindRequest, { kind: 'change' }, ['to']],
    [ByKindRequest, { kind: 'change', to: 'x', note: 'y' }, []],
    [ByKindRequest, { kind: 'change', to: 'x', by: 'z' }, ['by']],
    [ByKindRequest, { kind: 'back', note: 'y' }, ['by', 'note']],
  ])('%p judges %j as its schema does', (type, input, paths) => {
    const told: string[] = [];
    try {
      validateRequest(type, input);
    } catch (error) {
      told.push(...(error as AppError).errors.map(({ path }) => path));
    }
    expect(told.sort()).toEqual(paths);
    expect(ajv.validate(inline(type), input)).toBe(paths.length === 0);
  });

  it('is left out where one of its fields comes by another way, and where a flat schema is asked for', () => {
    expect(schemaOf(EitherRequest, inline, { isClosed: true, without: ['lead_id'] })).not.toHaveProperty('oneOf');
    expect(schemaOf(EitherRequest, inline, { isClosed: true, isFlat: true })).not.toHaveProperty('oneOf');
    expect(schemaOf(EitherRequest, inline, { isClosed: true })).toHaveProperty('oneOf');
  });
});
