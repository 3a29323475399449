import { AppError, type OperationBus } from '../../../operations/index.js';
import type { McpCaller } from '../offering.js';

/** One more than an answer holds, to know that there are more. */
const ENOUGH = 101;

/** Ids of leads, campaigns or decisions by their beginning, as far as the caller may list them. */
export async function idsStartingWith(
  operations: OperationBus,
  noun: 'lead' | 'campaign' | 'decision',
  typed: string,
  { principal, requestId }: McpCaller,
): Promise<string[]> {
  try {
    const input = { limit: ENOUGH, ...(typed && { id_prefix: typed }) };
    const { items } = await operations.call<{ items: Record<string, string>[] }>(`${noun}.list`, input, {
      principal,
      requestId,
      door: 'mcp',
    });
    return items.map((item) => item[`${noun}_id`]!);
  } catch (error) {
    // what no id can begin with has no completions, and what the caller may not list is not told
    if (error instanceof AppError && (error.kind === 'invalid' || error.kind === 'forbidden')) return [];
    throw error;
  }
}
