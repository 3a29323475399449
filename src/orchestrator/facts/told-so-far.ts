import type { Reader } from '../../database/index.js';
import type { FactFaces } from './fact-faces.js';

/** Entries of each kind that go along with a handoff. */
const LATEST = 20;

/**
 * What happened between us and leads lately, interactions and then messages, the latest first: it goes along with
 * handoffs. Two statements, for many leads as for one.
 */
export async function toldSoFar(
  { interactions, messages }: Pick<FactFaces, 'interactions' | 'messages'>,
  reader: Reader,
  leadIds: readonly string[],
): Promise<(leadId: string) => unknown[]> {
  const happened = await interactions.latest(reader, leadIds, LATEST);
  const written = await messages.latest(reader, leadIds, LATEST);
  return (leadId) => [
    // most have no outcome, and it goes without saying
    ...(happened.get(leadId) ?? []).map(({ outcome, ...event }) =>
      outcome === 'none' ? event : { ...event, outcome },
    ),
    ...(written.get(leadId) ?? []),
  ];
}
