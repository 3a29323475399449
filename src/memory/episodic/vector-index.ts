import type { CodedEmbedding } from './embedding.js';

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

/** A quarter of the components, those that weigh most in the query, pick these by their signs … */
const WIDE = 16_384;
/** … half of them these … */
const COARSE = 4_096;
/**
 * … all of them these, of which the cosine is computed. The recall that it brings is measured in
 * bench/memory/episodic.ts.
 */
const FINE = 1_792;
const FIRST_SLOTS = 1_024;
const NOBODY = -1;

/**
 * The embeddings of the episodes in memory, some 330 bytes each at 256 dimensions. A search compares signs first, one
 * bit a component, with the query's own components added or subtracted (eight a table look-up, as in the asymmetric
 * distances of product quantization, Jégou et al. 2011): for all by a quarter of the components, for the best by
 * half, for the best of those by all. Of what is left it computes the cosine from eight-bit components.
 */
export class VectorIndex {
  private readonly slots = new Map<number, number>();
  private readonly scenarios = new Map<string, number>();
  private readonly free: number[] = [];
  private readonly table: Int32Array;
  private used = 0;
  private oldest = 0;
  /** Per eight components an array of all episodes' signs. */
  private readonly signs: Uint8Array[];
  private sums!: Int32Array;
  private positions!: Int32Array;
  private values!: Int8Array;
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
    this.signs = Array.from({ length: dimensions / 8 }, () => new Uint8Array(0));
    this.table = new Int32Array(this.signs.length * 256);
    this.resize(Math.min(FIRST_SLOTS, most));
  }

  get size(): number {
    return this.slots.size;
  }

  /** Of the arrays, whose room doubles as they fill. */
  get bytes(): number {
    const arrays = [this.table, this.sums, this.positions, this.values, this.scales, this.docIds, this.scenarioOf];
    const views = [...arrays, this.outcomes, ...this.signs];
    return views.reduce((sum, { byteLength }) => sum + byteLength, 0);
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
    this.signs.forEach((column, byte) => {
      let bits = 0;
      for (let bit = 0; bit < 8; bit++) if (embedding.values[byte * 8 + bit]! > 0) bits |= 1 << bit;
      column[slot] = bits;
    });
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
    return slot === undefined ? undefined : this.cosine(Float64Array.from(query), slot);
  }

  /** The most similar ones, those of the lower number first where they are equal. */
  nearest(query: Float32Array, count: number, filter: VectorFilter = {}): Neighbour[] {
    const slots = this.candidates(query, count, filter);
    const cosines = new Float64Array(slots.length);
    const exact = Float64Array.from(query);
    for (let at = 0; at < slots.length; at++) cosines[at] = this.cosine(exact, slots[at]!);
    const bar = cosines.toSorted().at(-count) ?? -Infinity;
    const found: Neighbour[] = [];
    slots.forEach((slot, at) => {
      if (cosines[at]! >= bar) found.push({ docId: this.docIds[slot]!, similarity: cosines[at]! });
    });
    return found.sort((one, other) => other.similarity - one.similarity || one.docId - other.docId).slice(0, count);
  }

  private candidates(query: Float32Array, count: number, filter: VectorFilter): Int32Array {
    this.fillTable(query);
    const columns = this.weightiestFirst(query);
    const [quarter, half] = [columns.length / 4, columns.length / 2];
    this.sumSigns(columns.slice(0, quarter));
    this.dropUnwanted(filter);
    const size = findHighest(this.sums, this.used, Math.max(WIDE, 32 * count), this.positions);
    let slots = this.positions.subarray(0, size);
    let sums = picked(this.sums, slots);
    const stages = [
      [quarter, half, Math.max(COARSE, 8 * count)],
      [half, columns.length, Math.max(FINE, 4 * count)],
    ] as const;
    for (const [from, to, most] of stages) {
      this.addSigns(columns.slice(from, to), slots, sums);
      const highest = new Int32Array(slots.length);
      const kept = highest.subarray(0, findHighest(sums, sums.length, most, highest));
      [slots, sums] = [picked(slots, kept), picked(sums, kept)];
    }
    return slots;
  }

  private dropUnwanted(filter: VectorFilter): void {
    for (const slot of this.free) this.sums[slot] = NO_SUM;
    const scenario = this.wantedScenario(filter);
    const minOutcome = filter.minOutcome ?? 0;
    if (scenario === undefined && minOutcome <= 0) return;
    for (let slot = 0; slot < this.used; slot++) if (!this.passes(slot, scenario, minOutcome)) this.sums[slot] = NO_SUM;
  }

  private weightiestFirst(query: Float32Array): number[] {
    const weights = this.signs.map((_, byte) =>
      query.subarray(byte * 8, byte * 8 + 8).reduce((sum, component) => sum + component * component, 0),
    );
    return weights.map((_, byte) => byte).sort((one, other) => weights[other]! - weights[one]! || one - other);
  }

  /** What the columns of signs give, for every slot: four at a time, so that the sums are written a fourth as often. */
  private sumSigns(columns: readonly number[]): void {
    const { table, sums, used } = this;
    for (let at = 0; at < columns.length; at += 4) {
      const [one, two, three, four] = columns.slice(at, at + 4).map((column) => this.signs[column]!) as Uint8Array[];
      const [row1, row2, row3, row4] = columns.slice(at, at + 4).map((column) => column * 256) as [
        number,
        number,
        number,
        number,
      ];
      const isFirst = at === 0;
      if (!three || !four) {
        for (let slot = 0; slot < used; slot++) {
          const sum = table[row1 + one![slot]!]! + table[row2 + two![slot]!]!;
          sums[slot] = isFirst ? sum : sums[slot]! + sum;
        }
        continue;
      }
      for (let slot = 0; slot < used; slot++) {
        const half = table[row1 + one![slot]!]! + table[row2 + two![slot]!]!;
        const sum = half + table[row3 + three[slot]!]! + table[row4 + four[slot]!]!;
        sums[slot] = isFirst ? sum : sums[slot]! + sum;
      }
    }
  }

  /** What the columns give besides, for some slots. */
  private addSigns(columns: readonly number[], slots: Int32Array, sums: Int32Array): void {
    const { table } = this;
    for (const column of columns) {
      const signs = this.signs[column]!;
      const row = column * 256;
      for (let at = 0; at < slots.length; at++) sums[at]! += table[row + signs[slots[at]!]!]!;
    }
  }

  /**
   * Per byte of signs and each of its 256 values: the query's eight components, added where the bit is set and
   * subtracted where not. In whole numbers, so many to the unit that their sum over all bytes stays within what
   * `findHighest` takes.
   */
  private fillTable(query: Float32Array): void {
    const perUnit =
      (LARGEST_SUM - query.length) / query.reduce((sum, component) => sum + Math.abs(component), Number.MIN_VALUE);
    const parts = Int32Array.from(query, (component) => Math.round(component * perUnit) || 0);
    for (let byte = 0; byte < this.signs.length; byte++) {
      const row = byte * 256;
      let none = 0;
      for (let bit = 0; bit < 8; bit++) none -= parts[byte * 8 + bit]!;
      this.table[row] = none;
      for (let bits = 1; bits < 256; bits++) {
        const lowest = bits & -bits;
        this.table[row + bits] = this.table[row + (bits ^ lowest)]! + 2 * parts[byte * 8 + 31 - Math.clz32(lowest)]!;
      }
    }
  }

  /** @param query in double precision, as each component is used for many episodes and would be widened each time */
  private cosine(query: Float64Array, slot: number): number {
    const { values, dimensions } = this;
    const start = slot * dimensions;
    // four sums, so that no addition has to wait for the one before
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let index = 0; index < dimensions; index += 4) {
      a += query[index]! * values[start + index]!;
      b += query[index + 1]! * values[start + index + 1]!;
      c += query[index + 2]! * values[start + index + 2]!;
      d += query[index + 3]! * values[start + index + 3]!;
    }
    return (a + b + c + d) * this.scales[slot]!;
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
    this.signs.forEach((column, byte) => (this.signs[byte] = grown(new Uint8Array(slots), column)));
    this.sums = new Int32Array(slots);
    this.positions = new Int32Array(slots);
    this.values = grown(new Int8Array(slots * this.dimensions), this.values);
    this.scales = grown(new Float32Array(slots), this.scales);
    this.docIds = grown(new Int32Array(slots), this.docIds);
    this.scenarioOf = grown(new Int32Array(slots), this.scenarioOf);
    this.outcomes = grown(new Float64Array(slots), this.outcomes);
  }
}

/** A loop, as `map` with a function takes several times as long. */
function picked(from: Int32Array, positions: Int32Array): Int32Array {
  const values = new Int32Array(positions.length);
  for (let at = 0; at < positions.length; at++) values[at] = from[positions[at]!]!;
  return values;
}

function grown<T extends { set(from: T): void }>(larger: T, old: T | undefined): T {
  if (old) larger.set(old);
  return larger;
}

/** Sums are whole numbers from −2^20 to 2^20 … */
export const LARGEST_SUM = 2 ** 20;
/** … and this is one that does not count. */
export const NO_SUM = -(2 ** 31);
const BUCKET_BITS = 9;
const BUCKETS = (2 * LARGEST_SUM) >> BUCKET_BITS;

/**
 * Where the highest of many sums are, at least `count` of them if there are so many and a bucket's worth more at
 * most: by counting them into buckets of equal width, which takes two passes over the sums whereas a sort or a heap
 * would move them about.
 * @param positions takes the positions of the found ones, in ascending order
 * @returns how many they are
 */
export function findHighest(sums: Int32Array, used: number, count: number, positions: Int32Array): number {
  const sizes = new Int32Array(BUCKETS + 1);
  for (let position = 0; position < used; position++) {
    const sum = sums[position]!;
    if (sum !== NO_SUM) sizes[(sum + LARGEST_SUM) >> BUCKET_BITS]!++;
  }
  let lowest = BUCKETS;
  for (let taken = sizes[lowest]!; taken < count && lowest > 0;) taken += sizes[--lowest]!;
  const bar = (lowest << BUCKET_BITS) - LARGEST_SUM;
  let found = 0;
  for (let position = 0; position < used; position++) if (sums[position]! >= bar) positions[found++] = position;
  return found;
}
