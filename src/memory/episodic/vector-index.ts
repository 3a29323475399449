import type { CodedEmbedding } from './embedding.js';
import { BLOCK, type KernelMemory, PAGE_BYTES, type VectorKernel, vectorKernel } from './vector-kernel.js';

export interface IndexedEpisode {
  readonly embedding: CodedEmbedding;
  readonly scenario: string;
  readonly outcome: number;
}

export interface VectorFilter {
  readonly scenario?: string | undefined;
  readonly minOutcome?: number | undefined;
}

export interface Neighbour {
  readonly docId: number;
  /** Cosine of query and episode. */
  readonly similarity: number;
}

/**
 * The signs of all components pick these, of which the cosine is computed. The recall that it brings is measured in
 * bench/memory/episodic.ts.
 */
const FINE = 1_536;
const FIRST_SLOTS = 1_024;
const NOBODY = -1;
/** Two rows of the table together stay within a signed byte. */
const LARGEST_PICKED = 63;
/** Sums are whole numbers from minus this to this, in 16 bits … */
const LARGEST_SUM = 32_000;
/** … and this is one that does not count. */
const NO_SUM = -32_768;

/**
 * The embeddings of the episodes in memory, some 300 bytes each at 256 dimensions. A search compares signs first, one
 * bit a component, with the query's own components added or subtracted (four a table look-up, as in the asymmetric
 * distances of product quantization, Jégou et al. 2011, and sixteen episodes at once, as in André et al. 2015, "Cache
 * locality is not enough"). Of the best it computes the cosine from eight-bit components.
 */
export class VectorIndex {
  private readonly slots = new Map<number, number>();
  private readonly scenarios = new Map<string, number>();
  private readonly free: number[] = [];
  private used = 0;
  private oldest = 0;
  private readonly kernel: VectorKernel;
  private readonly memory: KernelMemory;
  /** Where in the kernel's memory each of the arrays below begins. */
  private readonly at: Record<'table' | 'query' | 'signs' | 'values' | 'sums' | 'positions' | 'products', number>;
  private table!: Int8Array;
  private query!: Float32Array;
  /** See `VectorKernel.sumSigns`. */
  private signs!: Uint8Array;
  private values!: Int8Array;
  private sums!: Int16Array;
  private positions!: Int32Array;
  private products!: Float32Array;
  private scales!: Float32Array;
  private docIds!: Int32Array;
  private scenarioOf!: Int32Array;
  private outcomes!: Float64Array;

  /**
   * @param dimensions a multiple of 64
   * @param most when it holds so many, a new one takes the room of the one that came first
   */
  constructor(
    readonly dimensions: number,
    private readonly most = 500_000,
  ) {
    if (dimensions % 64 !== 0) throw new RangeError(`dimensions must be a multiple of 64, got ${dimensions}`);
    ({ kernel: this.kernel, memory: this.memory } = vectorKernel());
    this.at = { table: 0, query: 4 * dimensions, signs: 8 * dimensions, values: 0, sums: 0, positions: 0, products: 0 };
    this.resize(Math.min(FIRST_SLOTS, most));
  }

  get size(): number {
    return this.slots.size;
  }

  /** Of the arrays, whose room doubles as they fill. */
  get bytes(): number {
    const arrays = [this.scales, this.docIds, this.scenarioOf, this.outcomes];
    return arrays.reduce((sum, { byteLength }) => sum + byteLength, this.memory.buffer.byteLength);
  }

  has(docId: number): boolean {
    return this.slots.has(docId);
  }

  outcomeOf(docId: number): number | undefined {
    const slot = this.slots.get(docId);
    return slot === undefined ? undefined : this.outcomes[slot];
  }

  put(docId: number, { embedding, scenario, outcome }: IndexedEpisode): void {
    const slot = this.slots.get(docId) ?? this.takeSlot();
    this.slots.set(docId, slot);
    this.docIds[slot] = docId;
    this.values.set(embedding.values, slot * this.dimensions);
    this.scales[slot] = embedding.scale;
    this.scenarioOf[slot] = this.numberOf(scenario);
    this.outcomes[slot] = outcome;
    const { signs, dimensions } = this;
    const block = slot - (slot % BLOCK);
    for (let byte = 0; byte < dimensions / 8; byte++) {
      let bits = 0;
      for (let bit = 0; bit < 8; bit++) if (embedding.values[byte * 8 + bit]! > 0) bits |= 1 << bit;
      signs[(block * dimensions) / 8 + byte * BLOCK + (slot % BLOCK)] = bits;
    }
  }

  remove(docId: number): void {
    const slot = this.slots.get(docId);
    if (slot === undefined) return;
    this.slots.delete(docId);
    this.docIds[slot] = NOBODY;
    this.free.push(slot);
  }

  /** Whether the episode is here and passes the filter. */
  accepts(docId: number, filter: VectorFilter): boolean {
    const slot = this.slots.get(docId);
    return slot !== undefined && this.passes(slot, this.wantedScenario(filter), filter.minOutcome ?? 0);
  }

  similarityTo(query: Float32Array, docId: number): number | undefined {
    const slot = this.slots.get(docId);
    return slot === undefined ? undefined : this.cosine(query, slot);
  }

  /** The most similar ones, those of the lower number first where they are equal. */
  nearest(query: Float32Array, count: number, filter: VectorFilter = {}): Neighbour[] {
    const slots = this.candidates(query, count, filter);
    const similarities = this.similarities(query, slots);
    const bar = similarities.toSorted().at(-count) ?? -Infinity;
    const found: Neighbour[] = [];
    for (let at = 0; at < slots.length; at++) {
      const slot = slots[at]!;
      if (similarities[at]! >= bar) found.push({ docId: this.docIds[slot]!, similarity: this.cosine(query, slot) });
    }
    return found.sort((one, other) => other.similarity - one.similarity || one.docId - other.docId).slice(0, count);
  }

  private candidates(query: Float32Array, count: number, filter: VectorFilter): Int32Array {
    const { at, dimensions } = this;
    this.fillTable(query);
    const blocks = Math.ceil(this.used / BLOCK);
    this.kernel.sumSigns(at.signs, at.signs + blocks * 2 * dimensions, at.table, at.query, at.sums);
    this.sums.fill(NO_SUM, this.used, blocks * BLOCK);
    this.dropUnwanted(filter);
    return this.highest(Math.max(FINE, 4 * count), at.sums + 2 * blocks * BLOCK);
  }

  /** Cosines in single precision. @param slots the first of `positions` */
  private similarities(query: Float32Array, slots: Int32Array): Float32Array {
    const { at, dimensions, products, scales } = this;
    this.query.set(query);
    const end = at.positions + slots.byteLength;
    this.kernel.multiply(at.positions, end, at.query, at.values, dimensions, at.products);
    for (let index = 0; index < slots.length; index++) products[index]! *= scales[slots[index]!]!;
    return products.subarray(0, slots.length);
  }

  private dropUnwanted(filter: VectorFilter): void {
    for (const slot of this.free) this.sums[slot] = NO_SUM;
    const scenario = this.wantedScenario(filter);
    const minOutcome = filter.minOutcome ?? 0;
    if (scenario === undefined && minOutcome <= 0) return;
    for (let slot = 0; slot < this.used; slot++) if (!this.passes(slot, scenario, minOutcome)) this.sums[slot] = NO_SUM;
  }

  /**
   * Per four components and each combination of their signs: the query's components, added where the bit is set and
   * subtracted where not. In whole numbers, as large as fits.
   */
  private fillTable(query: Float32Array): void {
    let [all, largest] = [Number.MIN_VALUE, Number.MIN_VALUE];
    for (let start = 0; start < query.length; start += 4) {
      let four = 0;
      for (let index = start; index < start + 4; index++) four += Math.abs(query[index]!);
      all += four;
      largest = Math.max(largest, four);
    }
    const perUnit = Math.min(LARGEST_PICKED / largest, (LARGEST_SUM - query.length) / all);
    for (let start = 0; start < query.length; start += 4) {
      for (let bits = 0; bits < 16; bits++) {
        let sum = 0;
        for (let bit = 0; bit < 4; bit++) sum += bits & (1 << bit) ? query[start + bit]! : -query[start + bit]!;
        this.table[4 * start + bits] = Math.round(sum * perUnit);
      }
    }
  }

  /**
   * The slots of the highest sums, at least `count` if there are so many, and those that are equal to the last: to
   * count what is above a bar is so quick that the bar is found by halving.
   */
  private highest(count: number, endOfSums: number): Int32Array {
    const { kernel, at } = this;
    let [bar, tooHigh] = [NO_SUM + 1, LARGEST_SUM + 1];
    while (tooHigh - bar > 1) {
      const middle = (bar + tooHigh) >> 1;
      if (kernel.countFrom(at.sums, endOfSums, middle) >= count) bar = middle;
      else tooHigh = middle;
    }
    const end = kernel.listFrom(at.sums, endOfSums, bar, at.positions);
    return this.positions.subarray(0, (end - at.positions) / 4);
  }

  private cosine(query: Float32Array, slot: number): number {
    const { values, dimensions } = this;
    const start = slot * dimensions;
    let sum = 0;
    for (let index = 0; index < dimensions; index++) sum += query[index]! * values[start + index]!;
    return sum * this.scales[slot]!;
  }

  private passes(slot: number, scenario: number | undefined, minOutcome: number): boolean {
    return (scenario === undefined || this.scenarioOf[slot] === scenario) && this.outcomes[slot]! >= minOutcome;
  }

  private wantedScenario({ scenario }: VectorFilter): number | undefined {
    return scenario === undefined ? undefined : (this.scenarios.get(scenario) ?? NOBODY);
  }

  private numberOf(scenario: string): number {
    let number = this.scenarios.get(scenario);
    if (number === undefined) this.scenarios.set(scenario, (number = this.scenarios.size));
    return number;
  }

  private takeSlot(): number {
    const free = this.free.pop();
    if (free !== undefined) return free;
    if (this.used === this.docIds.length && this.used < this.most) this.resize(Math.min(2 * this.used, this.most));
    if (this.used < this.docIds.length) return this.used++;
    const slot = this.oldest;
    this.oldest = (slot + 1) % this.most;
    this.slots.delete(this.docIds[slot]!);
    return slot;
  }

  private resize(slots: number): void {
    const { at, memory, dimensions } = this;
    const rounded = Math.ceil(slots / BLOCK) * BLOCK;
    const values = at.signs + (rounded * dimensions) / 8;
    const sums = values + rounded * dimensions;
    const positions = sums + 2 * rounded;
    const products = positions + 4 * rounded;
    memory.grow(Math.ceil((products + 4 * rounded - memory.buffer.byteLength) / PAGE_BYTES));
    const { buffer } = memory;
    // the signs have grown into their place; what follows is only of a single search
    new Uint8Array(buffer).copyWithin(values, at.values, at.values + this.used * dimensions);
    Object.assign(at, { values, sums, positions, products });
    this.table = new Int8Array(buffer, at.table, 4 * dimensions);
    this.query = new Float32Array(buffer, at.query, dimensions);
    this.signs = new Uint8Array(buffer, at.signs, (rounded * dimensions) / 8);
    this.values = new Int8Array(buffer, values, rounded * dimensions);
    this.sums = new Int16Array(buffer, sums, rounded);
    this.positions = new Int32Array(buffer, positions, rounded);
    this.products = new Float32Array(buffer, products, rounded);
    this.scales = grown(new Float32Array(slots), this.scales);
    this.docIds = grown(new Int32Array(slots), this.docIds);
    this.scenarioOf = grown(new Int32Array(slots), this.scenarioOf);
    this.outcomes = grown(new Float64Array(slots), this.outcomes);
  }
}

function grown<T extends { set(from: T): void }>(larger: T, old: T | undefined): T {
  if (old) larger.set(old);
  return larger;
}
