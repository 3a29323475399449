import { Injectable } from '@nestjs/common';
import { Clock } from '../../config/index.js';
import { Database, type Unit, UnitOfWork } from '../../database/index.js';
import { mergeKeyOf, textOf } from './episode-document.js';
import { EpisodeIndexRow } from './episode-index-row.entity.js';
import { EpisodeIndexWriter } from './episode-index-writer.js';
import { EpisodicMemory } from './episodic.entity.js';
import { codeEmbedding } from './embedding-code.js';
import { PendingEpisode } from './pending-episode.entity.js';
import { TextEmbedder } from './text-embedder.js';

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
