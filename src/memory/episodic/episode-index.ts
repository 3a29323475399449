import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../config/index.js';
import { Database, type Unit, UnitOfWork } from '../../database/index.js';
import { type CodedEmbedding, TextEmbedder, codeEmbedding, encodeEmbedding } from './embedding.js';
import { EpisodeText } from './episode-text.js';
import { EpisodeIndexRow, EpisodicMemory, PendingEpisode } from './episodic.entities.js';

type Situation = Pick<EpisodicMemory, 'scenario' | 'action_sequence_json'>;

/**
 * The text that stands for an episode in both indexes. Steps written past the store may be no list: one such row must
 * not hold up the others.
 */
export function textOf({
  scenario,
  action_sequence_json: steps,
  notes,
}: Situation & Pick<EpisodicMemory, 'notes'>): string {
  return `${scenario} ${Array.isArray(steps) ? steps.join(' ') : ''} ${notes}`;
}

/** The same for the same scenario and the same steps in the same order. */
export function mergeKeyOf({ scenario, action_sequence_json: steps }: Situation): string {
  return createHash('sha1')
    .update(JSON.stringify([scenario, steps]))
    .digest('base64url')
    .slice(0, 16);
}

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
    private readonly text: EpisodeText,
    private readonly embedder: TextEmbedder,
  ) {}

  /** To be called before the episodes' own rows are written, so that the trigger sees that they are looked after. */
  async write(unit: Unit, entries: readonly IndexEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const changed = await this.changeNumber(unit);
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

  /** What the rows that a unit writes carry in `changed`. */
  private async changeNumber(unit: Unit): Promise<number> {
    const [row] = await unit.query(
      this.database.dialect === 'sqlite'
        ? 'SELECT COALESCE(MAX(changed), 0) + 1 AS number FROM memory_episodic_index'
        : 'SELECT pg_current_xact_id()::text AS number',
    );
    return Number(row!.number);
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
    return waiting === undefined ? false : this.units.run((unit) => this.indexPart(unit));
  }

  /** Has episodes of another model embedded anew. */
  async renew(episodeIds: readonly string[]): Promise<void> {
    if (episodeIds.length > 0)
      await this.units.run((unit) =>
        unit.of(PendingEpisode).insertNew(episodeIds.map((episode_id) => ({ episode_id }))),
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
