import { Injectable } from '@nestjs/common';
import { Database, type Unit } from '../../database/index.js';
import { EpisodeChanges } from './episode-changes.js';
import { textOf } from './episode-document.js';
import { EpisodeIndexRow } from './episode-index-row.entity.js';
import { EpisodeText } from './episode-text.js';
import type { EpisodicMemory } from './episodic.entity.js';
import { type CodedEmbedding, encodeEmbedding } from './embedding-code.js';
import { PendingEpisode } from './pending-episode.entity.js';
import { TextEmbedder } from './text-embedder.js';

/** An episode as both indexes should know it from now on. */
export interface IndexEntry extends Pick<
  EpisodeIndexRow,
  'merge_key' | 'occurrences' | 'first_seen_at' | 'last_seen_at' | 'source'
> {
  readonly episode: EpisodicMemory;
  readonly embedding: CodedEmbedding;
  /** Its number, if it has been indexed before. */
  readonly doc_id?: number | undefined;
  readonly hasNewText: boolean;
}

const KEYS_AT_ONCE = 500;

/** Writes index rows and full text; the only one to do so. The vectors in memory follow from the committed rows. */
@Injectable()
export class EpisodeIndexWriter {
  constructor(
    private readonly database: Database,
    private readonly changes: EpisodeChanges,
    private readonly text: EpisodeText,
    private readonly embedder: TextEmbedder,
  ) {}

  /** To be called before the episodes' own rows are written, so that the trigger sees that they are looked after. */
  async write(unit: Unit, entries: readonly IndexEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const changed = await this.changes.numberFor(unit);
    const fresh = await this.newDocIds(unit, entries.filter(({ doc_id: docId }) => docId === undefined).length);
    const texts = new Map<number, string>();
    const replaced: number[] = [];
    const rows = entries.map((entry): EpisodeIndexRow => {
      const docId = entry.doc_id ?? fresh.pop()!;
      if (entry.hasNewText) texts.set(docId, textOf(entry.episode));
      if (entry.hasNewText && entry.doc_id !== undefined) replaced.push(docId);
      return {
        doc_id: docId,
        episode_id: entry.episode.episode_id,
        merge_key: entry.merge_key,
        model: this.embedder.model,
        dimensions: this.embedder.dimensions,
        embedding: encodeEmbedding(entry.embedding),
        occurrences: entry.occurrences,
        first_seen_at: entry.first_seen_at,
        last_seen_at: entry.last_seen_at,
        source: entry.source,
        changed,
      };
    });
    await unit.of(EpisodeIndexRow).upsert(rows);
    await this.text.remove(unit, replaced);
    await this.text.add(unit, texts);
  }

  /** Takes episodes off the list of those that wait to be indexed. */
  async settle(unit: Unit, episodeIds: readonly string[]): Promise<void> {
    for (let start = 0; start < episodeIds.length; start += KEYS_AT_ONCE) {
      await unit.of(PendingEpisode).delete({ episode_id: episodeIds.slice(start, start + KEYS_AT_ONCE) });
    }
  }

  /** @returns the numbers in descending order, to be taken from the end */
  private async newDocIds(unit: Unit, count: number): Promise<number[]> {
    if (count === 0) return [];
    if (this.database.dialect === 'sqlite') {
      const [row] = await unit.query('SELECT COALESCE(MAX(doc_id), 0) AS last FROM memory_episodic_index');
      return Array.from({ length: count }, (_, index) => (row!.last as number) + count - index);
    }
    const rows = await unit.query(
      `SELECT nextval('memory_episodic_doc_id')::integer AS doc_id FROM generate_series(1, ?::integer)`,
      [count],
    );
    return rows.map((row) => row.doc_id as number).reverse();
  }
}
