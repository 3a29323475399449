import type { KnownFact } from '../core/index.js';

/** The surest fact of a name, and of a value if one is asked for. */
export function surest(known: readonly KnownFact[], name: string, value?: unknown): KnownFact | undefined {
  let best: KnownFact | undefined;
  for (const fact of known) {
    if (fact.name !== name || (value !== undefined && fact.value !== value)) continue;
    if (!best || fact.confidence > best.confidence) best = fact;
  }
  return best;
}
