/**
 * The inner loops of the vector index as WebAssembly, for its instructions on sixteen bytes at once: JavaScript
 * has none, and takes several times as long for the same. The few dozen instructions are written out here, so that
 * nothing has to be compiled or downloaded to build Herald.
 */
export interface VectorKernel {
  /**
   * Per slot the sum of what its signs pick in the table, as 16-bit numbers.
   * @param signs blocks of sixteen slots; of each block first the slots' signs of components 0 to 7, then 8 to 15, …
   * @param table per four components what each of the sixteen combinations of signs gives, in a signed byte
   * @param endOfSigns the address behind the last block
   */
  sumSigns(signs: number, endOfSigns: number, table: number, endOfTable: number, sums: number): void;
  /** How many of the sums are at least this. */
  countFrom(sums: number, endOfSums: number, least: number): number;
  /** Lists which slots have a sum of at least this, as 32-bit numbers. @returns the address behind the list */
  listFrom(sums: number, endOfSums: number, least: number, slots: number): number;
  /**
   * Per slot of a list the products of its components with the query's, added up, as a 32-bit float.
   * @param slots 32-bit numbers @param query 32-bit floats @param values a signed byte for each component
   */
  multiply(
    slots: number,
    endOfSlots: number,
    query: number,
    values: number,
    dimensions: number,
    products: number,
  ): void;
}

/** What it works on, at addresses that are multiples of sixteen. */
export interface KernelMemory {
  /** Another one after each `grow`. */
  readonly buffer: ArrayBuffer;
  /** @param pages to add, of `PAGE_BYTES` each */
  grow(pages: number): void;
}

/** Slots of a block of signs. */
export const BLOCK = 16;
export const PAGE_BYTES = 65_536;

/** What is used here of the host's own; its types come with those of browsers only. */
declare const WebAssembly: {
  Memory: new (limits: { initial: number }) => KernelMemory;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

let compiled: object | undefined;

/** A kernel with a memory of its own. */
export function vectorKernel(): { kernel: VectorKernel; memory: KernelMemory } {
  compiled ??= new WebAssembly.Module(moduleBytes());
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(compiled, { herald: { memory } });
  return { kernel: exports as VectorKernel, memory };
}

const [I32, V128] = [0x7f, 0x7b];
const [NO_RESULT, END, BLOCK_END_OF_LOOP] = [0x40, 0x0b, 0x0d];
const [GET, SET, TEE, CONST] = [0x20, 0x21, 0x22, 0x41];

type Code = readonly (number | Code)[];

const get = (local: number): Code => [GET, ...unsigned(local)];
const set = (local: number, value: Code): Code => [value, SET, ...unsigned(local)];
const tee = (local: number, value: Code): Code => [value, TEE, ...unsigned(local)];
const constant = (value: number): Code => [CONST, ...signed(value)];
const add = (one: Code, other: Code): Code => [one, other, 0x6a];
const times = (one: Code, other: Code): Code => [one, other, 0x6c];
const isLess = (one: Code, other: Code): Code => [one, other, 0x49];
const word = (address: Code): Code => [address, 0x28, 2, 0];
/** Repeats the code while the condition holds; it is asked first. */
const whilst = (condition: Code, code: Code): Code => [
  [0x02, NO_RESULT, 0x03, NO_RESULT],
  // out of both when it does not hold
  [condition, 0x45, BLOCK_END_OF_LOOP, 1],
  [code, 0x0c, 0, END, END],
];

const simd = (operation: number, ...operands: Code[]): Code => [...operands, 0xfd, ...unsigned(operation)];
const load = (address: Code, offset = 0): Code => [address, 0xfd, 0x00, 4, ...unsigned(offset)];
const loadFloats = (address: Code, offset: number): Code => [address, 0xfd, 0x00, 2, ...unsigned(offset)];
const store = (address: Code, value: Code, offset = 0): Code => [address, value, 0xfd, 0x0b, 4, ...unsigned(offset)];
const zero: Code = [0xfd, 0x0c, ...new Array<number>(16).fill(0)];
const bytesOf = (value: number): Code => [0xfd, 0x0c, ...new Array<number>(16).fill(value)];
const pick = (table: Code, places: Code): Code => simd(0x0e, table, places);
const and = (one: Code, other: Code): Code => simd(0x4e, one, other);
const highHalves = (bytes: Code): Code => [bytes, constant(4), 0xfd, ...unsigned(0x6d)];
const addBytes = (one: Code, other: Code): Code => simd(0x6e, one, other);
const addShorts = (one: Code, other: Code): Code => simd(0x8e, one, other);
const [lowShorts, highShorts] = [(bytes: Code) => simd(0x87, bytes), (bytes: Code) => simd(0x88, bytes)];
const [lowInts, highInts] = [(shorts: Code) => simd(0xa7, shorts), (shorts: Code) => simd(0xa8, shorts)];
const floats = (ints: Code): Code => simd(0xfa, ints);
const addFloats = (one: Code, other: Code): Code => simd(0xe4, one, other);
const multiplyFloats = (one: Code, other: Code): Code => simd(0xe6, one, other);
const isAtLeast = (least: Code, shorts: Code): Code => [simd(0x35, shorts, simd(0x10, least)), 0xfd, ...unsigned(0x84)];
const lane = (index: number, vector: Code): Code => [vector, 0xfd, 0x1f, index];

function sumSigns(): Code {
  const [signs, endOfSigns, table, endOfTable, sums, row] = [0, 1, 2, 3, 4, 5];
  const [bits, low, high, both] = [6, 7, 8, 9];
  const forEachEight: Code = [
    set(bits, load(get(signs))),
    set(signs, add(get(signs), constant(16))),
    // two rows of the table together stay within a byte
    set(
      both,
      addBytes(pick(load(get(row)), and(get(bits), bytesOf(0x0f))), pick(load(get(row), 16), highHalves(get(bits)))),
    ),
    set(low, addShorts(get(low), lowShorts(get(both)))),
    set(high, addShorts(get(high), highShorts(get(both)))),
    set(row, add(get(row), constant(32))),
  ];
  const forEachBlock: Code = [
    set(low, zero),
    set(high, zero),
    set(row, get(table)),
    whilst(isLess(get(row), get(endOfTable)), forEachEight),
    store(get(sums), get(low)),
    store(get(sums), get(high), 16),
    set(sums, add(get(sums), constant(32))),
  ];
  return body([1, I32, 4, V128], whilst(isLess(get(signs), get(endOfSigns)), forEachBlock));
}

function countFrom(): Code {
  const [sums, endOfSums, least, count] = [0, 1, 2, 3];
  const bitsSet = 0x69;
  const forEachEight: Code = [
    set(count, add(get(count), [isAtLeast(get(least), load(get(sums))), bitsSet])),
    set(sums, add(get(sums), constant(16))),
  ];
  return body([1, I32], [whilst(isLess(get(sums), get(endOfSums)), forEachEight), get(count)]);
}

function listFrom(): Code {
  const [sums, endOfSums, least, slots, first, found] = [0, 1, 2, 3, 4, 5];
  const [lowestBit, minus, both] = [0x68, 0x6b, 0x71];
  const forEachFound: Code = [
    [get(slots), add(get(first), [get(found), lowestBit]), 0x36, 2, 0],
    set(slots, add(get(slots), constant(4))),
    set(found, [get(found), [get(found), constant(1), minus], both]),
  ];
  const forEachEight: Code = [
    set(found, isAtLeast(get(least), load(get(sums)))),
    whilst(get(found), forEachFound),
    set(first, add(get(first), constant(8))),
    set(sums, add(get(sums), constant(16))),
  ];
  return body([2, I32], [whilst(isLess(get(sums), get(endOfSums)), forEachEight), get(slots)]);
}

function multiply(): Code {
  const [slots, endOfSlots, query, values, dimensions, products] = [0, 1, 2, 3, 4, 5];
  const [value, end, component] = [6, 7, 8];
  const [bytes, shorts] = [9, 10];
  const sums = [11, 12, 13, 14] as const;
  const addProducts = (at: number, ints: Code): Code =>
    set(sums[at]!, addFloats(get(sums[at]!), multiplyFloats(floats(ints), loadFloats(get(component), at * 16))));
  const forEachSixteen: Code = [
    set(bytes, load(get(value))),
    set(shorts, lowShorts(get(bytes))),
    addProducts(0, lowInts(get(shorts))),
    addProducts(1, highInts(get(shorts))),
    set(shorts, highShorts(get(bytes))),
    addProducts(2, lowInts(get(shorts))),
    addProducts(3, highInts(get(shorts))),
    set(component, add(get(component), constant(64))),
    set(value, add(get(value), constant(16))),
  ];
  const sum = addFloats(addFloats(get(sums[0]), get(sums[1])), addFloats(get(sums[2]), get(sums[3])));
  const addFloat = 0x92;
  const forEachSlot: Code = [
    set(end, add(tee(value, add(get(values), times(word(get(slots)), get(dimensions)))), get(dimensions))),
    set(component, get(query)),
    sums.map((each) => set(each, zero)),
    whilst(isLess(get(value), get(end)), forEachSixteen),
    set(bytes, sum),
    get(products),
    [lane(0, get(bytes)), lane(1, get(bytes)), addFloat, lane(2, get(bytes)), lane(3, get(bytes)), addFloat, addFloat],
    [0x38, 2, 0],
    set(products, add(get(products), constant(4))),
    set(slots, add(get(slots), constant(4))),
  ];
  return body([3, I32, 6, V128], whilst(isLess(get(slots), get(endOfSlots)), forEachSlot));
}

/** @param locals how many of which type, two by two */
function body(locals: readonly number[], code: Code): Code {
  const bytes = flat([unsigned(locals.length / 2), locals, code, END]);
  return [unsigned(bytes.length), bytes];
}

function moduleBytes(): Uint8Array {
  const signature = (parameters: number, results: Code = []): Code => [
    [0x60, parameters, new Array<number>(parameters).fill(I32)],
    [results.length, results],
  ];
  const [aFunction, aMemory] = [0, 2];
  return Uint8Array.from(
    flat([
      [...Buffer.from('\0asm'), 1, 0, 0, 0],
      section(1, [4, signature(5), signature(3, [I32]), signature(4, [I32]), signature(6)]),
      section(2, [1, name('herald'), name('memory'), aMemory, 0, 1]),
      section(3, [4, 0, 1, 2, 3]),
      section(7, [
        [4, name('sumSigns'), aFunction, 0, name('countFrom'), aFunction, 1],
        [name('listFrom'), aFunction, 2, name('multiply'), aFunction, 3],
      ]),
      section(10, [4, sumSigns(), countFrom(), listFrom(), multiply()]),
    ]),
  );
}

function section(id: number, content: Code): Code {
  const bytes = flat(content);
  return [id, unsigned(bytes.length), bytes];
}

function name(text: string): Code {
  return [text.length, ...Buffer.from(text)];
}

function flat(code: Code): number[] {
  return code.flatMap((each) => (typeof each === 'number' ? [each] : flat(each)));
}

/** LEB128: seven bits a byte, the lowest first. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  const isLast = value >= -0x40 && value < 0x40;
  return isLast ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}
