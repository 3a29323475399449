/** Items in rounds that name no lead twice, in their order: what is second about a lead finds what the first left. */
export function eachLeadOnce<T extends { readonly lead_id: string | null }>(items: readonly T[]): T[][] {
  const rounds: T[][] = [];
  const seen = new Map<string | null, number>();
  for (const item of items) {
    const round = seen.get(item.lead_id) ?? 0;
    (rounds[round] ??= []).push(item);
    seen.set(item.lead_id, round + 1);
  }
  return rounds;
}
