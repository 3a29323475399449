/**
 * Turns texts into vectors whose cosine says how alike they are. The one way in for another model: provide it in the
 * memory module in place of the hashing one, and the episodes are embedded anew in the background, for vectors of
 * different models are never compared.
 */
export abstract class TextEmbedder {
  /** Names the method and everything that its vectors depend on. */
  abstract readonly model: string;
  /** A multiple of 64. */
  abstract readonly dimensions: number;
  /** @returns per text a vector of length 1, or all zeros when it has no words */
  abstract embed(texts: readonly string[]): Promise<Float32Array[]>;
}

/** An embedding in eight bits a dimension: component ≈ scale × value. */
export interface CodedEmbedding {
  readonly scale: number;
  readonly values: Int8Array;
}

const SCALE_BYTES = 4;

/** Rounds each component to the nearest of 255 steps of the largest; the cosine moves by less than 0.01. */
export function codeEmbedding(vector: Float32Array): CodedEmbedding {
  let largest = 0;
  for (let index = 0; index < vector.length; index++) largest = Math.max(largest, Math.abs(vector[index]!));
  const scale = Math.fround(largest / 127);
  const values = new Int8Array(vector.length);
  if (scale > 0) for (let index = 0; index < vector.length; index++) values[index] = Math.round(vector[index]! / scale);
  return { scale, values };
}

/**
 * As base64 of the scale (float32, little-endian) and the values: SQLite and PostgreSQL name no binary type in
 * common.
 */
export function encodeEmbedding({ scale, values }: CodedEmbedding): string {
  const bytes = Buffer.allocUnsafe(SCALE_BYTES + values.length);
  bytes.writeFloatLE(scale, 0);
  bytes.set(values, SCALE_BYTES);
  return bytes.toString('base64');
}

export function decodeEmbedding(text: string): CodedEmbedding {
  const bytes = Buffer.from(text, 'base64');
  return {
    scale: bytes.readFloatLE(0),
    values: new Int8Array(bytes.buffer, bytes.byteOffset + SCALE_BYTES, bytes.length - SCALE_BYTES),
  };
}

/** @returns the cosine of two embeddings of length 1, −1 to 1 up to rounding */
export function similarityOf(one: Float32Array, other: CodedEmbedding): number {
  let sum = 0;
  for (let index = 0; index < one.length; index++) sum += one[index]! * other.values[index]!;
  return sum * other.scale;
}
