import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Database, UnitOfWork } from '../../database/index.js';
import { Log } from '../../telemetry/index.js';
import { type ChangeMark, type ChangedEpisode, EpisodeChanges, ROWS_AT_ONCE } from './episode-changes.js';
import { EpisodeIndexer } from './episode-indexer.js';
import { decodeEmbedding } from './embedding-code.js';
import { TextEmbedder } from './text-embedder.js';
import { VectorIndex } from './vector-index.js';

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

  constructor(
    private readonly changes: EpisodeChanges,
    private readonly indexer: EpisodeIndexer,
    private readonly embedder: TextEmbedder,
    private readonly units: UnitOfWork,
    private readonly log: Log,
    database: Database,
  ) {
    this.vectors = new VectorIndex(embedder.dimensions);
    database.beforeClose(() => this.stop());
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.beat(), BEAT_MS);
    this.timer.unref();
    this.beat();
  }

  /**
   * Resolves when all that was committed before the call is in. Inside a unit nothing is awaited, as whoever must
   * come first may be waiting for that unit: there the vectors are taken as they stand.
   */
  async refresh(): Promise<void> {
    if (this.units.isInside || this.isStopped) return;
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
    if (this.running) return;
    this.refresh().catch((error: unknown) => {
      if (!this.isStopped) this.log.warn({ err: error }, 'the episodes in memory could not be brought up to date');
    });
  }

  private start(): Promise<void> {
    this.following = undefined;
    this.running = this.follow().finally(() => (this.running = undefined));
    return this.running;
  }

  private async follow(): Promise<void> {
    for (let part = 0; part < PARTS_AWAITED && !this.isStopped && (await this.indexer.indexSome()); part++)
      await nextTurn();
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

  private take(
    { doc_id: docId, episode_id: episodeId, model, embedding, scenario, outcome_score: outcome }: ChangedEpisode,
    foreign: string[],
  ): void {
    if (embedding === null || scenario === null || outcome === null) this.vectors.remove(docId);
    else if (model !== this.embedder.model) foreign.push(episodeId);
    else this.vectors.put(docId, { embedding: decodeEmbedding(embedding), scenario, outcome });
  }
}
