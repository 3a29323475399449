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
    const { features, sums } = this;
    features.count(wordsOf(text, MOST_WORDS));
    const last = this.dimensions - 1;
    sums.fill(0);
    const { states, size } = features;
    for (let index = 0; index < size; index++) {
      const weight = features.weightAt(index);
      for (let at = SPREAD * index; at < SPREAD * (index + 1); at++) {
        const state = states[at]!;
        // no branch, as half of all guesses about it would be wrong
        sums[state & last]! += (1 + 2 * (state >> 31)) * weight;
      }
    }
    return normalized(new Float32Array(sums));
  }
}

/**
 * The features of one text after another with their damped counts: open addressing in arrays that are used again, as
 * a Map took most of the time.
 */
class FeatureCounts {
  size = 0;
  /** Of each feature, in the order in which they first came, `SPREAD` numbers that say where it goes. */
  states = new Int32Array(0);
  /** Which feature is in a slot, from 1; 0 where none is. */
  private slots = new Int32Array(0);
  private last = 0;
  private hashes = new Int32Array(0);
  private counts = new Uint16Array(0);
  private weights = new Float32Array(0);
  private readonly pair = new Int32Array(FEATURE);

  count(words: readonly string[]): void {
    const known = words.map(knownWord);
    this.clear(known.reduce((sum, { features }) => sum + features.length / FEATURE + 1, 1));
    let previous: Word | undefined;
    for (const word of known) {
      const { features, isFunction } = word;
      if (isFunction) {
        this.add(features, 0, WORD_WEIGHT * FUNCTION_WORD_SHARE);
        continue;
      }
      this.add(features, 0, WORD_WEIGHT);
      if (previous) {
        this.pair[0] = fnv1a(word.text, previous.startOfPair);
        spread(this.pair, 0);
        this.add(this.pair, 0, PAIR_WEIGHT);
      }
      previous = word;
      for (let at = FEATURE; at < features.length; at += FEATURE) this.add(features, at, PART_WEIGHT);
    }
  }

  /** Weight × (1 + ln count). */
  weightAt(index: number): number {
    const count = this.counts[index]!;
    return count === 1 ? this.weights[index]! : this.weights[index]! * (1 + Math.log(count));
  }

  private add(features: Int32Array, at: number, weight: number): void {
    const { slots, last, hashes, size } = this;
    const hash = features[at]!;
    let slot = mixed(hash) & last;
    for (let other = slots[slot]!; other !== 0; other = slots[slot]!) {
      if (hashes[other - 1] === hash) {
        this.counts[other - 1]!++;
        return;
      }
      slot = (slot + 1) & last;
    }
    hashes[size] = hash;
    this.counts[size] = 1;
    this.weights[size] = weight;
    for (let copy = 0; copy < SPREAD; copy++) this.states[SPREAD * size + copy] = features[at + 1 + copy]!;
    slots[slot] = this.size = size + 1;
  }

  /** @param most features that are to come */
  private clear(most: number): void {
    const slots = 2 ** Math.ceil(Math.log2(2 * most));
    if (slots > this.slots.length) {
      this.slots = new Int32Array(slots);
      this.hashes = new Int32Array(slots / 2);
      this.counts = new Uint16Array(slots / 2);
      this.weights = new Float32Array(slots / 2);
      this.states = new Int32Array((SPREAD * slots) / 2);
    } else this.slots.fill(0, 0, slots);
    this.last = slots - 1;
    this.size = 0;
  }
}

interface Word {
  readonly text: string;
  readonly isFunction: boolean;
  /** The word itself, then its parts: of each the hash and where it goes. */
  readonly features: Int32Array;
  /** The hash of a pair that begins with it, as far as it is known. */
  readonly startOfPair: number;
}

/** A feature's hash, and what `spread` makes of it. */
const FEATURE = 1 + SPREAD;
/** Texts share most of their words, and hashing the parts of one takes longer than all else. */
const MOST_KNOWN_WORDS = 2_048;
/** Words that came lately, and those that were known when the former were last so many. */
let lateWords = new Map<string, Word>();
let earlierWords = new Map<string, Word>();

function knownWord(text: string): Word {
  const late = lateWords.get(text);
  if (late) return late;
  const word = earlierWords.get(text) ?? newWord(text);
  if (lateWords.size >= MOST_KNOWN_WORDS) [earlierWords, lateWords] = [lateWords, new Map()];
  lateWords.set(text, word);
  return word;
}

function newWord(text: string): Word {
  const isFunction = isFunctionWord(text);
  const hashes = [fnv1a(text, WORD_SEED), ...(isFunction ? [] : partsOf(`^${text}$`))];
  const features = new Int32Array(FEATURE * hashes.length);
  hashes.forEach((hash, index) => {
    features[FEATURE * index] = hash;
    spread(features, FEATURE * index);
  });
  return { text, isFunction, features, startOfPair: fnv1a(text, PAIR_SEED) };
}

function partsOf(marked: string): number[] {
  const hashes: number[] = [];
  for (const length of PART_LENGTHS) {
    for (let start = 0; start + length <= marked.length; start++)
      hashes.push(fnv1a(marked, PART_SEED, start, start + length));
  }
  return hashes;
}

/** Says of a feature which dimensions it counts in, by the lower bits, and how, by the sign. */
function spread(features: Int32Array, at: number): void {
  let state = features[at]!;
  for (let copy = 1; copy <= SPREAD; copy++) features[at + copy] = state = mixed(state + 0x9e3779b9);
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
  for (let index = 0; index < vector.length; index++) squares += vector[index]! * vector[index]!;
  if (squares === 0) return vector;
  const scale = 1 / Math.sqrt(squares);
  for (let index = 0; index < vector.length; index++) vector[index]! *= scale;
  return vector;
}
