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
