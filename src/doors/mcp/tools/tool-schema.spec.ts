import { Ajv2020 } from 'ajv/dist/2020.js';
import { IntNum, Nested, Str } from '../../../operations/index.js';
import { inputSchemaOf, outputSchemaOf } from './tool-schema.js';

class Branch {
  @Str({ max: 5 }) name!: string;
  @Nested(() => Branch, { array: true, optional: true }) branches?: Branch[];
}

class Tree {
  @IntNum({ min: 0, max: 9 }) height!: number;
  @Nested(() => Branch, { nullable: true }) trunk!: Branch | null;
}

describe('the schema of a tool', () => {
  const isInput = new Ajv2020({ strict: false }).compile(inputSchemaOf(Tree));
  const isOutput = new Ajv2020({ strict: false }).compile(outputSchemaOf(Tree));

  it('stands alone, a class that refers to itself included', () => {
    expect(Object.keys(inputSchemaOf(Tree).$defs as object)).toEqual(['Branch']);
    expect(isInput({ height: 3, trunk: { name: 'oak', branches: [{ name: 'a' }] } })).toBe(true);
    expect(isInput({ height: 3, trunk: { name: 'oak', branches: [{}] } })).toBe(false);
  });

  it('is closed for what is sent and open for what is answered, where old rows may exceed today’s limits', () => {
    const odd = { height: 12, trunk: { name: 'rhododendron' }, more: 1 };
    expect(isInput(odd)).toBe(false);
    expect(isOutput(odd)).toBe(true);
    expect(isOutput({ height: 'tall', trunk: null })).toBe(false);
  });
});
