import { Injectable } from '@nestjs/common';
import { newId } from '../../config/index.js';
import { Database, type Reader, type Unit } from '../../database/index.js';
import { readInParts } from '../read-by-keys.js';
import { TextEmbedder, codeEmbedding, decodeEmbedding } from './embedding.js';
import { COMPARED, type Draft, EpisodeBatch, type IncomingEpisode } from './episode-batch.js';
import { EpisodeIndexWriter } from './episode-index.js';
import { mergeKeyOf, textOf } from './episode-document.js';
import { EpisodeRanking } from './episode-ranking.js';
import { EpisodeIndexRow, EpisodeEvent, EpisodicMemory } from './episodic.entities.js';
import { type KnownEpisode, readKnown, readKnownByDocIds, readKnownByIds, toKnown } from './known-episodes.js';
import { type EpisodeOfLead, LeadEpisodes } from './lead-episodes.js';

/** A situation, what was done and how it went. */
export interface EpisodeEntry extends Omit<EpisodicMemory, 'episode_id'> {
  /**
   * Replaces that episode as a whole. Without it, a near-identical known episode has happened once more, or it is a
   * new one.
   */
  readonly episode_id?: string | undefined;
  /** The event behind it: told again by the same source, it changes nothing. */
  readonly source_id?: string | undefined;
  /** With whom it happened. */
  readonly lead_id?: string | undefined;
}

export interface EpisodeOrigin {
  readonly now: string;
  /** Who tells: an agent, the API, consolidation; the ids of events are its own. */
  readonly source?: string;
}

export interface EpisodeQuery {
  readonly episode_id?: string | undefined;
  readonly scenario?: string | undefined;
  /** What the situation is like, in any words. */
  readonly text?: string | undefined;
  /** 0 to 1; only episodes that went at least this well. */
  readonly min_outcome?: number | undefined;
  readonly limit: number;
}

/** Why an episode stands where it does. Without a text there is nothing to be similar to. */
export interface FoundEpisode extends KnownEpisode {
  /**
   * Reciprocal-rank fusion of similarity, text rank and outcome; without a text the outcome. Comparable within one
   * answer only.
   */
  readonly score: number;
  /** Cosine of the embeddings. */
  readonly similarity: number | null;
  /** Place in the full-text ranking, from 1. */
  readonly text_rank: number | null;
}

/** So many kinds of episode are looked up in one query. */
const KEYS_AT_ONCE = 50;
const LATEST_DRAFTS = `SELECT m.*, i.doc_id, i.merge_key, i.embedding, i.occurrences, i.first_seen_at, i.last_seen_at, i.source
  FROM memory_episodic_index i JOIN memory_episodic m ON m.episode_id = i.episode_id
  WHERE i.merge_key = ? AND i.model = ? ORDER BY i.doc_id DESC LIMIT ${COMPARED}`;
const LOCK = 7_246_254;
const LOCKS = 64;

/** Playbooks: what worked, and what did not, in which situation. */
@Injectable()
export class EpisodicStore {
  constructor(
    private readonly database: Database,
    private readonly ranking: EpisodeRanking,
    private readonly writer: EpisodeIndexWriter,
    private readonly embedder: TextEmbedder,
    private readonly ofLead: LeadEpisodes,
  ) {}

  /**
   * Takes episodes in. A near-identical one of the same scenario and steps (cosine from `SAME_FROM_SIMILARITY` on) is
   * counted to the known one: one occurrence more, its outcome the running mean, its notes those that were told
   * first.
   * @returns per entry the episode that it went to, as stored
   */
  async remember(unit: Unit, entries: readonly EpisodeEntry[], origin: EpisodeOrigin): Promise<KnownEpisode[]> {
    const { went, batch } = await this.tell(unit, entries, origin);
    return this.asStored(unit, went, batch);
  }

  /** The same for those who do not need the rows. @returns `went`: per entry the id of the episode that it went to */
  async tell(
    unit: Unit,
    entries: readonly EpisodeEntry[],
    { now, source = 'api' }: EpisodeOrigin,
  ): Promise<{ went: string[]; batch: EpisodeBatch }> {
    const incoming = await this.toIncoming(entries, now, source);
    const sourceIds = entries.flatMap(({ source_id: id }) => (id === undefined ? [] : [id]));
    const episodeOf = await this.episodesOfEvents(unit, source, sourceIds);
    const fresh = entries.map(({ source_id: id }) => id === undefined || !episodeOf.has(id));
    const keys = new Set(
      entries.flatMap((entry, index) =>
        entry.episode_id === undefined && fresh[index] ? [incoming[index]!.merge_key] : [],
      ),
    );
    await this.lock(unit, keys);
    const batch = new EpisodeBatch(await this.draftsOf(unit, keys));
    const replaced = await this.docIdsOf(
      unit,
      entries.flatMap(({ episode_id: id }, index) => (id !== undefined && fresh[index] ? [id] : [])),
    );
    const events = new Map<string, EpisodeEvent>();
    const went = entries.map((entry, index) => {
      const { source_id: sourceId, lead_id = null, outcome_score } = entry;
      const known = sourceId === undefined ? undefined : episodeOf.get(sourceId);
      if (known !== undefined) return known;
      const { draft, isNew } =
        entry.episode_id === undefined
          ? batch.take(incoming[index]!)
          : { draft: batch.replace(incoming[index]!, replaced.get(entry.episode_id)), isNew: true };
      const { episode_id } = draft.episode;
      if (isNew) for (const [id, event] of events) if (event.episode_id === episode_id) events.delete(id);
      if (sourceId !== undefined || lead_id !== null) {
        const telling_id = sourceId === undefined ? newId('TEL') : eventId(source, sourceId);
        events.set(telling_id, { telling_id, episode_id, lead_id, outcome_score, gave_text: isNew, told_at: now });
        if (sourceId !== undefined) episodeOf.set(sourceId, episode_id);
      }
      return episode_id;
    });
    await this.save(unit, [...batch.touched], replaced, [...events.values()]);
    return { went, batch };
  }

  /** With `text` those that are like it, best first; without, those that went best first. */
  async search(reader: Reader, { text, limit, ...where }: EpisodeQuery): Promise<FoundEpisode[]> {
    if (text === undefined) return this.list(reader, where, limit);
    const ranked = await this.ranking.rank(reader, {
      text,
      limit,
      scenario: where.scenario,
      min_outcome: where.min_outcome,
    });
    const episodes = new Map(
      (
        await readKnownByDocIds(
          reader,
          ranked.map(({ doc_id: docId }) => docId),
        )
      ).map((each) => [each.doc_id!, each]),
    );
    return ranked.flatMap(({ doc_id: docId, score, similarity, text_rank }) => {
      const episode = episodes.get(docId);
      // it may have been deleted since it was ranked
      if (!episode || (where.episode_id !== undefined && episode.episode_id !== where.episode_id)) return [];
      return [{ ...toKnown(episode), score, similarity, text_rank }];
    });
  }

  /** By the events' ids at their source, the episodes that have taken them in. */
  async episodesOfEvents(reader: Reader, source: string, sourceIds: readonly string[]): Promise<Map<string, string>> {
    const ids = new Map(sourceIds.map((id) => [eventId(source, id), id]));
    const known = await readInParts(ids.keys(), (part) => reader.of(EpisodeEvent).find({ telling_id: part }));
    return new Map(known.map(({ telling_id, episode_id }) => [ids.get(telling_id)!, episode_id]));
  }

  /** What happened again and again, most often first. @param minOccurrences from 2 on */
  async repeated(
    reader: Reader,
    { minOccurrences, limit = 1_000 }: { minOccurrences: number; limit?: number },
  ): Promise<KnownEpisode[]> {
    if (!(minOccurrences >= 2)) throw new RangeError(`minOccurrences must be at least 2, got ${minOccurrences}`);
    const rows = await readKnown(
      reader,
      `WHERE i.occurrences > 1 AND i.occurrences >= ? ORDER BY i.occurrences DESC, m.episode_id LIMIT ${Math.trunc(limit)}`,
      [minOccurrences],
    );
    return rows.map(toKnown);
  }

  /**
   * Takes the lead's part out of every episode, and removes those that were its own or name it. @returns how many
   * episodes held it
   */
  forgetLead(unit: Unit, leadId: string): Promise<number> {
    return this.ofLead.forget(unit, leadId);
  }

  /** The episodes that hold the lead: those that it had a part in, then those that name it. */
  exportLead(reader: Reader, leadId: string): Promise<EpisodeOfLead[]> {
    return this.ofLead.export(reader, leadId);
  }

  private async list(
    reader: Reader,
    { episode_id, scenario, min_outcome }: Omit<EpisodeQuery, 'limit' | 'text'>,
    limit: number,
  ): Promise<FoundEpisode[]> {
    const conditions: [string, unknown][] = [
      ['m.episode_id = ?', episode_id],
      ['m.scenario = ?', scenario],
      ['m.outcome_score >= ?', min_outcome],
    ];
    const asked = conditions.filter(([, value]) => value !== undefined);
    const where = ['1=1', ...asked.map(([sql]) => sql)].join(' AND ');
    const params = asked.map(([, value]) => value);
    const rows = await readKnown(
      reader,
      `WHERE ${where} ORDER BY m.outcome_score DESC, m.episode_id LIMIT ${Math.trunc(limit)}`,
      params,
    );
    return rows.map((row) => ({ ...toKnown(row), score: row.outcome_score, similarity: null, text_rank: null }));
  }

  private async toIncoming(entries: readonly EpisodeEntry[], now: string, source: string): Promise<IncomingEpisode[]> {
    const vectors = await this.embedder.embed(entries.map(textOf));
    return entries.map(({ episode_id = newId('EPI'), scenario, action_sequence_json, outcome_score, notes }, index) => {
      const episode = { episode_id, scenario, action_sequence_json, outcome_score, notes };
      return {
        episode,
        merge_key: mergeKeyOf(episode),
        vector: vectors[index]!,
        embedding: codeEmbedding(vectors[index]!),
        source,
        now,
      };
    });
  }

  /** Two processes that tell the same thing at once must not both find it new. On SQLite a unit is alone anyway. */
  private async lock(unit: Unit, keys: ReadonlySet<string>): Promise<void> {
    if (this.database.dialect === 'sqlite' || keys.size === 0) return;
    const locks = [...new Set([...keys].map((key) => Buffer.from(key, 'base64url')[0]! % LOCKS))].sort(
      (one, other) => one - other,
    );
    await unit.query(
      'SELECT pg_advisory_xact_lock(?::integer, lock) FROM (SELECT unnest(?::integer[]) AS lock ORDER BY 1) locks',
      [LOCK, locks],
    );
  }

  private async draftsOf(unit: Unit, keys: ReadonlySet<string>): Promise<Draft[]> {
    const drafts: Draft[] = [];
    // on SQLite a statement is a function call, and one for each kind is sooner done than one for all
    const atOnce = unit.dialect === 'sqlite' ? 1 : KEYS_AT_ONCE;
    for (let rest = [...keys]; rest.length > 0; rest = rest.slice(atOnce)) {
      const part = rest.slice(0, atOnce);
      const sql = part.length === 1 ? LATEST_DRAFTS : part.map(() => `(${LATEST_DRAFTS})`).join(' UNION ALL ');
      const rows = await unit.query(
        sql,
        part.flatMap((key) => [key, this.embedder.model]),
      );
      drafts.push(...rows.map((row) => draftOf(unit, row as unknown as DraftRow)));
    }
    return drafts.sort((one, other) => one.doc_id! - other.doc_id!);
  }

  private async docIdsOf(unit: Unit, episodeIds: readonly string[]): Promise<Map<string, number | undefined>> {
    const known = await readInParts(episodeIds, (part) => unit.of(EpisodeIndexRow).find({ episode_id: part }));
    const docIds = new Map(known.map(({ episode_id, doc_id }) => [episode_id, doc_id]));
    return new Map(episodeIds.map((id) => [id, docIds.get(id)]));
  }

  private async save(
    unit: Unit,
    drafts: readonly Draft[],
    replaced: ReadonlyMap<string, unknown>,
    events: readonly EpisodeEvent[],
  ): Promise<void> {
    if (replaced.size > 0)
      await readInParts(replaced.keys(), async (part) => {
        await unit.of(EpisodeEvent).delete({ episode_id: part });
        return [];
      });
    await this.writer.write(unit, drafts);
    await unit.of(EpisodicMemory).upsert(drafts.map(({ episode }) => episode));
    const rewritten = drafts.filter(
      ({ doc_id: docId, episode }) => docId !== undefined || replaced.has(episode.episode_id),
    );
    await this.writer.settle(
      unit,
      rewritten.map(({ episode }) => episode.episode_id),
    );
    await unit.of(EpisodeEvent).insert(events);
  }

  private async asStored(unit: Unit, episodeIds: readonly string[], batch: EpisodeBatch): Promise<KnownEpisode[]> {
    const stored = new Map<string, KnownEpisode>();
    for (const { episode, occurrences, first_seen_at, last_seen_at, source } of batch.touched) {
      stored.set(episode.episode_id, { ...episode, occurrences, first_seen_at, last_seen_at, source });
    }
    const older = await readKnownByIds(
      unit,
      episodeIds.filter((id) => !stored.has(id)),
    );
    for (const each of older) stored.set(each.episode_id, toKnown(each));
    return episodeIds.map((id) => stored.get(id)!);
  }
}

type DraftRow = EpisodicMemory & EpisodeIndexRow;

function draftOf(unit: Unit, row: DraftRow): Draft {
  const { episode_id, scenario, action_sequence_json, outcome_score, notes } = unit
    .of(EpisodicMemory)
    .decode({ ...row });
  const { doc_id, merge_key, occurrences, first_seen_at, last_seen_at, source } = row;
  return {
    episode: { episode_id, scenario, action_sequence_json, outcome_score, notes },
    embedding: decodeEmbedding(row.embedding!),
    merge_key,
    doc_id,
    occurrences,
    first_seen_at,
    last_seen_at,
    source,
    hasNewText: false,
  };
}

function eventId(source: string, sourceId: string): string {
  return `${source}:${sourceId}`;
}
