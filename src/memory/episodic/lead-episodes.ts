import { Injectable } from '@nestjs/common';
import type { Reader, Unit } from '../../database/index.js';
import { readInParts } from '../read-by-keys.js';
import { TextEmbedder, codeEmbedding } from './embedding.js';
import { EpisodeIndexWriter, type IndexEntry } from './episode-index.js';
import { textOf } from './episode-document.js';
import { EpisodeText } from './episode-text.js';
import { EpisodeIndexRow, EpisodeEvent, EpisodicMemory } from './episodic.entities.js';
import { type KnownEpisode, readKnown, readKnownByDocIds, readKnownByIds, toKnown } from './known-episodes.js';

/** What is held of one lead: episodes that it had a part in, and those whose text names it. */
export interface EpisodeOfLead extends KnownEpisode {
  readonly relation: 'took_part' | 'is_named';
  readonly told_at: string | null;
}

/** The episodes of one person, to give out or to erase. */
@Injectable()
export class LeadEpisodes {
  constructor(
    private readonly text: EpisodeText,
    private readonly writer: EpisodeIndexWriter,
    private readonly embedder: TextEmbedder,
  ) {}

  /** @returns how many episodes held the lead */
  async forget(unit: Unit, leadId: string): Promise<number> {
    const named = new Set((await this.naming(unit, leadId)).map(({ episode_id: id }) => id));
    const events = await unit.of(EpisodeEvent).find({ lead_id: leadId });
    const shared = await this.withoutLead(
      unit,
      events.filter(({ episode_id: id }) => !named.has(id)),
    );
    await unit.of(EpisodeEvent).delete({ lead_id: leadId });
    await this.writer.write(unit, shared.kept);
    await unit.of(EpisodicMemory).upsert(shared.kept.map(({ episode }) => episode));
    await this.writer.settle(
      unit,
      shared.kept.map(({ episode }) => episode.episode_id),
    );
    const removed = [...named, ...shared.emptied];
    await readInParts(removed, async (part) => {
      await unit.of(EpisodicMemory).delete({ episode_id: part });
      return [];
    });
    return removed.length + shared.kept.length;
  }

  /** Each episode once, by id; first those that the lead had a part in. */
  async export(reader: Reader, leadId: string): Promise<EpisodeOfLead[]> {
    const events = await reader
      .of(EpisodeEvent)
      .find({ lead_id: leadId }, { order: { told_at: 'asc', telling_id: 'asc' } });
    const toldAt = new Map(events.map(({ episode_id, told_at }) => [episode_id, told_at]));
    const own = await readKnownByIds(reader, toldAt.keys());
    const named = (await this.naming(reader, leadId)).filter(({ episode_id: id }) => !toldAt.has(id));
    const byId = (one: KnownEpisode, other: KnownEpisode): number => (one.episode_id < other.episode_id ? -1 : 1);
    return [
      ...own
        .sort(byId)
        .map((episode) => ({
          ...toKnown(episode),
          relation: 'took_part' as const,
          told_at: toldAt.get(episode.episode_id)!,
        })),
      ...named.sort(byId).map((episode) => ({ ...toKnown(episode), relation: 'is_named' as const, told_at: null })),
    ];
  }

  /**
   * The episodes whose text has the lead's id as a word of its own, found by the full-text index and then looked at.
   */
  private async naming(reader: Reader, leadId: string): Promise<KnownEpisode[]> {
    const indexed = await readKnownByDocIds(reader, await this.text.holding(reader, leadId));
    const waiting = await readKnown(reader, 'JOIN memory_episodic_pending p ON p.episode_id = m.episode_id', []);
    const { waitingCondition: condition } = this.text;
    if (condition) waiting.push(...(await readKnown(reader, `WHERE i.${condition}`, [])));
    const name = new RegExp(`(?<![\\w-])${leadId.toLowerCase().replace(/[^\w-]/g, '\\$&')}(?![\\w-])`);
    const found = new Map([...indexed, ...waiting].map((episode) => [episode.episode_id, episode]));
    return [...found.values()].filter((episode) => name.test(textOf(episode).toLowerCase()));
  }

  /** Takes the events back: fewer occurrences, the mean of the others, and no notes where they were this lead's. */
  private async withoutLead(
    unit: Unit,
    events: readonly EpisodeEvent[],
  ): Promise<{ kept: IndexEntry[]; emptied: string[] }> {
    const byEpisode = new Map<string, EpisodeEvent[]>();
    for (const event of events) {
      const known = byEpisode.get(event.episode_id);
      if (known) known.push(event);
      else byEpisode.set(event.episode_id, [event]);
    }
    const episodes = await readInParts(byEpisode.keys(), (part) => unit.of(EpisodicMemory).find({ episode_id: part }));
    const rows = await readInParts(byEpisode.keys(), (part) => unit.of(EpisodeIndexRow).find({ episode_id: part }));
    const rowOf = new Map(rows.map((row) => [row.episode_id, row]));
    const kept: IndexEntry[] = [];
    const emptied: string[] = [];
    for (const episode of episodes) {
      const own = byEpisode.get(episode.episode_id)!;
      const row = rowOf.get(episode.episode_id);
      const left = (row?.occurrences ?? 0) - own.length;
      if (!row || left <= 0) {
        emptied.push(episode.episode_id);
        continue;
      }
      const total =
        episode.outcome_score * row.occurrences - own.reduce((sum, { outcome_score: outcome }) => sum + outcome, 0);
      const outcome_score = Math.min(1, Math.max(0, total / left));
      const notes = own.some(({ gave_text: gave }) => gave) ? '' : episode.notes;
      const rest = { ...episode, outcome_score, notes };
      const [vector] = await this.embedder.embed([textOf(rest)]);
      const { doc_id, merge_key, first_seen_at, last_seen_at, source } = row;
      const embedding = codeEmbedding(vector!);
      kept.push({
        episode: rest,
        merge_key,
        embedding,
        doc_id,
        hasNewText: true,
        occurrences: left,
        first_seen_at,
        last_seen_at,
        source,
      });
    }
    return { kept, emptied };
  }
}
