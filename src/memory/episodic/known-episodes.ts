import { type Reader, type SqlRow, marks } from '../../database/index.js';
import { readInParts } from '../read-by-keys.js';
import { EpisodicMemory } from './episodic.entities.js';

export interface KnownEpisode extends EpisodicMemory {
  /** How often it was told; the outcome is the mean. */
  readonly occurrences: number;
  /** Null, as the two below, while it waits to be indexed. */
  readonly first_seen_at: string | null;
  readonly last_seen_at: string | null;
  readonly source: string | null;
}

const KNOWN = `SELECT m.*, i.doc_id, COALESCE(i.occurrences, 1) AS occurrences, i.first_seen_at, i.last_seen_at, i.source
  FROM memory_episodic m LEFT JOIN memory_episodic_index i ON i.episode_id = m.episode_id`;

/** @param tail what follows FROM: WHERE, ORDER BY, LIMIT; `m` is the episode, `i` its index row */
export async function readKnown(
  reader: Reader,
  tail: string,
  params: readonly unknown[],
): Promise<(KnownEpisode & { doc_id: number | null })[]> {
  const episodes = reader.of(EpisodicMemory);
  return (await reader.query(`${KNOWN} ${tail}`, params)).map(
    (row: SqlRow) => episodes.decode(row) as KnownEpisode & { doc_id: number | null },
  );
}

/** In no order. */
export function readKnownByIds(
  reader: Reader,
  episodeIds: Iterable<string>,
): Promise<(KnownEpisode & { doc_id: number | null })[]> {
  return readInParts(episodeIds, (part) => readKnown(reader, `WHERE m.episode_id IN (${marks(part)})`, part));
}

/** In no order. */
export async function readKnownByDocIds(
  reader: Reader,
  docIds: readonly number[],
): Promise<(KnownEpisode & { doc_id: number | null })[]> {
  const found: (KnownEpisode & { doc_id: number | null })[] = [];
  for (let start = 0; start < docIds.length; start += DOC_IDS_AT_ONCE) {
    const part = docIds.slice(start, start + DOC_IDS_AT_ONCE);
    found.push(...(await readKnown(reader, `WHERE i.doc_id IN (${marks(part)})`, part)));
  }
  return found;
}

const DOC_IDS_AT_ONCE = 500;

/** What goes over to callers: without the number that only the indexes use. */
export function toKnown({
  episode_id,
  scenario,
  action_sequence_json,
  outcome_score,
  notes,
  occurrences,
  first_seen_at,
  last_seen_at,
  source,
}: KnownEpisode): KnownEpisode {
  return {
    episode_id,
    scenario,
    action_sequence_json,
    outcome_score,
    notes,
    occurrences,
    first_seen_at,
    last_seen_at,
    source,
  };
}
