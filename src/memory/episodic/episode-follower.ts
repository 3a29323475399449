import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Database, IN_TURN, type SqlRow, UnitOfWork } from '../../database/index.js';
import { Log } from '../../telemetry/index.js';
import { TextEmbedder, decodeEmbedding } from './embedding.js';
import { EpisodeIndexer } from './episode-index.js';
import { EpisodeText } from './episode-text.js';
import { VectorIndex } from './vector-index.js';

/** A point in the stream of commits. What is asked for since a mark may hold some rows twice, and leaves none out. */
export type ChangeMark = string;

export interface ChangedEpisode {
  readonly doc_id: number;
  readonly episode_id: string;
  readonly model: string;
  /** Null when the episode is gone, and then so are scenario and outcome. */
  readonly embedding: string | null;
  readonly scenario: string | null;
  readonly outcome_score: number | null;
}

/** Small enough that reading and taking in a part holds the event loop up for some milliseconds only. */
export const ROWS_AT_ONCE = 1_000;

const CHANGED = `SELECT i.doc_id, i.episode_id, i.model, i.embedding, m.scenario, m.outcome_score
  FROM memory_episodic_index i LEFT JOIN memory_episodic m ON m.episode_id = i.episode_id`;
// the plus keeps SQLite from walking the whole table in the order of its key
const NEXT_PART = `+i.doc_id > ? ORDER BY +i.doc_id LIMIT ${ROWS_AT_ONCE}`;

/**
 * The committed changes of the index, read past the units. On SQLite transactions follow one another, so a number
 * that each takes one higher than the last orders them. On PostgreSQL a transaction with a lower number may commit
 * after one with a higher: there a mark is a snapshot, and a row has changed if its transaction was not yet visible
 * in it.
 */
@Injectable()
export class EpisodeChanges {
  constructor(private readonly database: Database) {}

  /** Now. */
  async mark(): Promise<ChangeMark> {
    const [row] = await this.database.query(
      this.database.dialect === 'sqlite'
        ? 'SELECT COALESCE(MAX(changed), 0) AS mark FROM memory_episodic_index'
        : 'SELECT pg_current_snapshot()::text AS mark',
    );
    return String(row!.mark);
  }

  /** A part of all rows, in the order of their numbers. */
  all(afterDocId: number): Promise<ChangedEpisode[]> {
    return this.read(`${CHANGED} WHERE i.doc_id > ? ORDER BY i.doc_id LIMIT ${ROWS_AT_ONCE}`, [afterDocId]);
  }

  /** A part of the rows that have changed since the mark. */
  since(mark: ChangeMark, afterDocId: number): Promise<ChangedEpisode[]> {
    if (this.database.dialect === 'sqlite')
      return this.read(`${CHANGED} WHERE i.changed > ? AND ${NEXT_PART}`, [Number(mark), afterDocId]);
    const [oldestRunning] = mark.split(':');
    // numbers that are still to come stand in a database that was copied from another server
    return this.read(
      `${CHANGED} WHERE i.changed >= ? AND i.changed < pg_snapshot_xmax(pg_current_snapshot())::text::bigint
         AND NOT pg_visible_in_snapshot(i.changed::text::xid8, ?::pg_snapshot) AND ${NEXT_PART}`,
      [oldestRunning, mark, afterDocId],
    );
  }

  private async read(sql: string, params: readonly unknown[]): Promise<(ChangedEpisode & SqlRow)[]> {
    return (await this.database.query(sql, params)) as (ChangedEpisode & SqlRow)[];
  }
}

const BEAT_MS = 1_000;
/**
 * A search waits for so many parts of episodes that an import left; beyond that it answers from what is indexed so
 * far.
 */
const PARTS_AWAITED = 10;

/**
 * Keeps the vectors in memory in step with what is committed, by whichever process: before a search, and on a slow
 * beat so that little is left to do then. It reads committed rows only, so what was rolled back is never seen.
 */
@Injectable()
export class EpisodeFollower implements OnApplicationBootstrap {
  readonly vectors: VectorIndex;
  private mark: ChangeMark | undefined;
  private running: Promise<void> | undefined;
  private following: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;
  /** Whether episodes still wait for their texts. */
  private isBehind = false;

  constructor(
    private readonly changes: EpisodeChanges,
    private readonly indexer: EpisodeIndexer,
    private readonly text: EpisodeText,
    private readonly embedder: TextEmbedder,
    private readonly units: UnitOfWork,
    private readonly log: Log,
    private readonly database: Database,
  ) {
    this.vectors = new VectorIndex(embedder.dimensions);
    database.beforeClose(() => this.stop());
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.beat(), BEAT_MS);
    this.timer.unref();
    this.text.whenManyWait(() => {
      this.isBehind = true;
      this.beat();
    });
    this.beat();
  }

  /**
   * Resolves when all that was committed before the call is in. Not to be awaited inside a unit, as whoever must come
   * first may be waiting for that unit: there the vectors are taken as they stand.
   */
  async refresh(): Promise<void> {
    if (this.isStopped) return;
    // a run that began before the call may have read past its commits
    if (this.running) await (this.following ??= this.running.catch(() => undefined).then(() => this.start()));
    else await this.start();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.timer);
    await Promise.allSettled([this.running, this.following]);
  }

  private beat(): void {
    if (this.running || this.isStopped) return;
    this.refresh().catch((error: unknown) => {
      if (!this.isStopped) this.log.warn({ err: error }, 'the episodes in memory could not be brought up to date');
    });
  }

  private start(): Promise<void> {
    this.following = undefined;
    this.running = this.follow()
      // so that no search finds much left to do after very many were written
      .then(() => void (this.isBehind && setImmediate(() => this.beat())))
      .finally(() => (this.running = undefined));
    return this.running;
  }

  private async follow(): Promise<void> {
    for (let part = 0; part < PARTS_AWAITED && !this.isStopped && (await this.indexer.indexSome()); part++)
      await nextTurn();
    for (let part = 0; part < PARTS_AWAITED && !this.isStopped; part++) {
      this.isBehind = await this.giveTexts();
      if (!this.isBehind) break;
      await nextTurn();
    }
    const since = this.mark;
    const mark = await this.changes.mark();
    if (mark === since) return;
    const foreign: string[] = [];
    let rows: ChangedEpisode[];
    let last = -1;
    do {
      rows = await (since === undefined ? this.changes.all(last) : this.changes.since(since, last));
      for (const row of rows) this.take(row, foreign);
      last = rows.at(-1)?.doc_id ?? last;
      if (rows.length > 100) await nextTurn();
    } while (rows.length === ROWS_AT_ONCE && !this.isStopped);
    this.mark = mark;
    await this.indexer.renew(foreign);
  }

  /** @returns whether more wait */
  private async giveTexts(): Promise<boolean> {
    return (await this.text.isAnyWaiting(this.database)) && this.units.run((unit) => this.text.catchUp(unit), IN_TURN);
  }

  private take(
    { doc_id: docId, episode_id: episodeId, model, embedding, scenario, outcome_score: outcome }: ChangedEpisode,
    foreign: string[],
  ): void {
    if (embedding === null || scenario === null || outcome === null) this.vectors.remove(docId);
    else if (model !== this.embedder.model) foreign.push(episodeId);
    else this.vectors.put(docId, { embedding: decodeEmbedding(embedding), scenario, outcome });
  }
}
