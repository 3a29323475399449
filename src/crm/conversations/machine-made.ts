/** Below this probability that a person did it, a machine did: a mail scanner, an image proxy. */
const HUMAN_FROM = 0.5;

/** Whether what an interaction says of itself (`signal.human_probability`) makes it a machine's doing. */
export function isMachineMade(metadata: Readonly<Record<string, unknown>>): boolean {
  const { signal } = metadata as { signal?: { human_probability?: unknown } | null };
  const probability = signal?.human_probability;
  return typeof probability === 'number' && probability < HUMAN_FROM;
}
