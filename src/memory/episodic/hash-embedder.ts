import { TextEmbedder } from './embedding.js';
import { isFunctionWord, wordsOf } from './words-of.js';

/** Weights of the three kinds of features: whole words say most, their parts forgive endings and typing errors. */
const WORD_WEIGHT = 1;
const PAIR_WEIGHT = 0.6;
const PART_WEIGHT = 0.3;
/** A word that says little in English counts this much of its weight, and takes part in no pairs. */
const FUNCTION_WORD_SHARE = 0.2;
const PART_LENGTHS = [3, 4] as const;
/** Of a longer text the rest says nothing; an episode or a query has a few dozen words. */
const MOST_WORDS = 400;
/** Dimensions that one feature is spread over: with one, two features that meet there would look the same. */
const SPREAD = 4;

/**
 * Words, pairs of neighbours and character n-grams, hashed (FNV-1a) into signed random index vectors and added up:
 * feature hashing (Weinberger et al. 2009) with the sparse random projection of random indexing (Kanerva et al.
 * 2000), so that the cosine of two vectors estimates that of their feature counts (tf damped as 1 + ln tf), with a
 * noise of about 1/√dimensions.
 *
 * It finds texts that share words or parts of words. It knows no synonyms and no meaning: "cheap" and "low-priced"
 * are strangers.
 */
export class HashEmbedder extends TextEmbedder {
  readonly model: string;
  private readonly features = new FeatureCounts();
  /** In double precision: narrowed once and not with every feature. */
  private readonly sums: Float64Array;

  constructor(readonly dimensions = 256) {
    super();
    if (dimensions < 8 || (dimensions & (dimensions - 1)) !== 0)
      throw new RangeError(`dimensions must be a power of two from 8 on, got ${dimensions}`);
    this.model = `hash-v1-${dimensions}`;
    this.sums = new Float64Array(dimensions);
  }

  async embed(texts: readonly string[]): Promise<Float32Array[]> {
    return texts.map((text) => this.embedOne(text));
  }

  private embedOne(text: string): Float32Array {
    const { features } = this;
    features.count(wordsOf(text, MOST_WORDS));
    const { sums } = this;
    const last = this.dimensions - 1;
    sums.fill(0);
    for (let index = 0; index < features.size; index++) {
      let state = features.hashAt(index);
      const weight = features.weightAt(index);
      for (let copy = 0; copy < SPREAD; copy++) {
        state = mixed(state + 0x9e3779b9);
        sums[state & last]! += state < 0 ? -weight : weight;
      }
    }
    const vector = new Float32Array(sums);
    return normalized(vector);
  }
}

/**
 * The features of one text after another with their damped counts: open addressing in arrays that are used again, as
 * a Map took most of the time.
 */
class FeatureCounts {
  size = 0;
  private hashes = new Int32Array(0);
  private counts = new Uint16Array(0);
  private weights = new Float32Array(0);
  /** The slots in use, in the order of their first feature. */
  private used = new Int32Array(0);

  count(words: readonly string[]): void {
    this.clear(words.reduce((sum, word) => sum + 2 + PART_LENGTHS.length * (word.length + 2), 1));
    let previous: string | undefined;
    for (const word of words) {
      const { hash, isFunction, parts } = knownWord(word);
      if (isFunction) {
        this.add(hash, WORD_WEIGHT * FUNCTION_WORD_SHARE);
        continue;
      }
      this.add(hash, WORD_WEIGHT);
      if (previous !== undefined) this.add(fnv1a(word, fnv1a(previous, PAIR_SEED)), PAIR_WEIGHT);
      previous = word;
      for (let part = 0; part < parts.length; part++) this.add(parts[part]!, PART_WEIGHT);
    }
  }

  hashAt(index: number): number {
    return this.hashes[this.used[index]!]!;
  }

  /** Weight × (1 + ln count). */
  weightAt(index: number): number {
    const slot = this.used[index]!;
    const count = this.counts[slot]!;
    return count === 1 ? this.weights[slot]! : this.weights[slot]! * (1 + Math.log(count));
  }

  private add(hash: number, weight: number): void {
    const last = this.hashes.length - 1;
    let slot = mixed(hash) & last;
    while (this.counts[slot] !== 0 && this.hashes[slot] !== hash) slot = (slot + 1) & last;
    if (this.counts[slot]!++ > 0) return;
    this.hashes[slot] = hash;
    this.weights[slot] = weight;
    this.used[this.size++] = slot;
  }

  /** @param most features that are to come */
  private clear(most: number): void {
    if (2 * most > this.hashes.length) {
      const slots = 2 ** Math.ceil(Math.log2(2 * most));
      this.hashes = new Int32Array(slots);
      this.counts = new Uint16Array(slots);
      this.weights = new Float32Array(slots);
      this.used = new Int32Array(slots);
    } else for (let index = 0; index < this.size; index++) this.counts[this.used[index]!] = 0;
    this.size = 0;
  }
}

interface Word {
  readonly hash: number;
  readonly isFunction: boolean;
  /** Hashes of its parts. */
  readonly parts: Int32Array;
}

/** Texts share most of their words, and hashing the parts of one takes longer than all else. */
const MOST_KNOWN_WORDS = 4_096;
const knownWords = new Map<string, Word>();

function knownWord(text: string): Word {
  let word = knownWords.get(text);
  if (!word) {
    if (knownWords.size >= MOST_KNOWN_WORDS) knownWords.clear();
    const isFunction = isFunctionWord(text);
    word = { hash: fnv1a(text, WORD_SEED), isFunction, parts: isFunction ? new Int32Array(0) : partsOf(`^${text}$`) };
    knownWords.set(text, word);
  }
  return word;
}

function partsOf(marked: string): Int32Array {
  const hashes: number[] = [];
  for (const length of PART_LENGTHS) {
    for (let start = 0; start + length <= marked.length; start++)
      hashes.push(fnv1a(marked, PART_SEED, start, start + length));
  }
  return Int32Array.from(hashes);
}

const FNV_PRIME = 0x01000193;
const WORD_SEED = 0x811c9dc5;
/** Other starting points, so that a word, a pair and a part never count as the same feature. */
const PAIR_SEED = Math.imul(WORD_SEED ^ 1, FNV_PRIME);
const PART_SEED = Math.imul(WORD_SEED ^ 2, FNV_PRIME);

/** FNV-1a, 32 bits, over the UTF-16 units of a part of the text. */
function fnv1a(text: string, seed: number, start = 0, end = text.length): number {
  let hash = seed;
  for (let index = start; index < end; index++) hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  return hash;
}

/** The finalizer of MurmurHash3 (Appleby): every bit of the result depends on every bit of the input. */
function mixed(value: number): number {
  let state = value ^ (value >>> 16);
  state = Math.imul(state, 0x85ebca6b);
  state ^= state >>> 13;
  state = Math.imul(state, 0xc2b2ae35);
  return state ^ (state >>> 16);
}

function normalized(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (squares === 0) return vector;
  const scale = 1 / Math.sqrt(squares);
  for (let index = 0; index < vector.length; index++) vector[index]! *= scale;
  return vector;
}
