import { Injectable } from '@nestjs/common';
import { Clock } from '../../config/index.js';
import { Database, IN_TURN, type Unit, UnitOfWork } from '../../database/index.js';
import { type CodedEmbedding, TextEmbedder, codeEmbedding, encodeEmbedding } from './embedding.js';
import { mergeKeyOf, textOf } from './episode-document.js';
import { EpisodeText } from './episode-text.js';
import { EpisodeIndexRow, EpisodicMemory, PendingEpisode } from './episodic.entities.js';

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
    private readonly text: EpisodeText,
    private readonly embedder: TextEmbedder,
  ) {}

  /** To be called before the episodes' own rows are written, so that the trigger sees that they are looked after. */
  async write(unit: Unit, entries: readonly IndexEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const { changed, docIds } = await this.newNumbers(
      unit,
      entries.filter(({ doc_id: id }) => id === undefined).length,
    );
    const texts = new Map<number, string>();
    const replaced: number[] = [];
    const rows = entries.map((entry): EpisodeIndexRow => {
      const docId = entry.doc_id ?? docIds.pop()!;
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
    await this.text.set(unit, texts, replaced);
  }

  /** Takes episodes off the list of those that wait to be indexed. */
  async settle(unit: Unit, episodeIds: readonly string[]): Promise<void> {
    for (let start = 0; start < episodeIds.length; start += KEYS_AT_ONCE) {
      await unit.of(PendingEpisode).delete({ episode_id: episodeIds.slice(start, start + KEYS_AT_ONCE) });
    }
  }

  /** The rows' own numbers, to be taken from the end, and what all of them carry in `changed`. */
  private async newNumbers(unit: Unit, count: number): Promise<{ changed: number; docIds: number[] }> {
    if (unit.dialect === 'sqlite') {
      const [row] = await unit.query(
        `SELECT (SELECT COALESCE(MAX(doc_id), 0) FROM memory_episodic_index) AS last, (SELECT COALESCE(MAX(changed), 0) FROM memory_episodic_index) AS changed`,
      );
      const { last, changed } = row as { last: number; changed: number };
      return { changed: changed + 1, docIds: Array.from({ length: count }, (_, index) => last + count - index) };
    }
    const rows = await unit.query(
      `SELECT pg_current_xact_id()::text AS changed, nextval('memory_episodic_doc_id')::integer AS doc_id FROM generate_series(1, ?::integer)`,
      [Math.max(1, count)],
    );
    return { changed: Number(rows[0]!.changed), docIds: rows.map((row) => row.doc_id as number).reverse() };
  }
}

/** So few in a unit that other writers wait for some tens of milliseconds at most. */
const EPISODES_AT_ONCE = 200;
const SOURCE = 'import';

/**
 * Brings into the indexes what was written past the store, such as the data set's own episodes. They are kept as they
 * are and never merged.
 */
@Injectable()
export class EpisodeIndexer {
  constructor(
    private readonly database: Database,
    private readonly units: UnitOfWork,
    private readonly writer: EpisodeIndexWriter,
    private readonly embedder: TextEmbedder,
    private readonly clock: Clock,
  ) {}

  /** One part, in a unit of its own. @returns whether more wait */
  async indexSome(): Promise<boolean> {
    const [waiting] = await this.database.of(PendingEpisode).find({}, { limit: 1 });
    return waiting === undefined ? false : this.units.run((unit) => this.indexPart(unit), IN_TURN);
  }

  /** Has episodes of another model embedded anew. */
  async renew(episodeIds: readonly string[]): Promise<void> {
    if (episodeIds.length > 0)
      await this.units.run(
        (unit) => unit.of(PendingEpisode).insertNew(episodeIds.map((episode_id) => ({ episode_id }))),
        IN_TURN,
      );
  }

  private async indexPart(unit: Unit): Promise<boolean> {
    // other processes take other rows
    const lock = this.database.dialect === 'postgres' ? 'FOR UPDATE SKIP LOCKED' : '';
    const pending = await unit.query(
      `SELECT episode_id FROM memory_episodic_pending ORDER BY episode_id LIMIT ${EPISODES_AT_ONCE} ${lock}`,
    );
    const ids = pending.map((row) => row.episode_id as string);
    const episodes = await unit.of(EpisodicMemory).find({ episode_id: ids });
    const known = new Map(
      (await unit.of(EpisodeIndexRow).find({ episode_id: ids })).map((row) => [row.episode_id, row]),
    );
    const vectors = await this.embedder.embed(episodes.map(textOf));
    const now = this.clock.iso();
    const entries = episodes.map((episode, index) => {
      const {
        doc_id,
        occurrences = 1,
        first_seen_at = now,
        last_seen_at = now,
        source = SOURCE,
      } = known.get(episode.episode_id) ?? {};
      const embedding = codeEmbedding(vectors[index]!);
      return {
        episode,
        merge_key: mergeKeyOf(episode),
        doc_id,
        embedding,
        hasNewText: true,
        occurrences,
        first_seen_at,
        last_seen_at,
        source,
      };
    });
    await this.writer.write(unit, entries);
    await this.writer.settle(unit, ids);
    return ids.length === EPISODES_AT_ONCE;
  }
}
