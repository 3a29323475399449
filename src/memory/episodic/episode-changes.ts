import { Injectable } from '@nestjs/common';
import { Database, type SqlRow, type Unit } from '../../database/index.js';

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

  /** What the rows that a unit writes carry in `changed`. */
  async numberFor(unit: Unit): Promise<number> {
    const [row] = await unit.query(
      this.database.dialect === 'sqlite'
        ? 'SELECT COALESCE(MAX(changed), 0) + 1 AS number FROM memory_episodic_index'
        : 'SELECT pg_current_xact_id()::text AS number',
    );
    return Number(row!.number);
  }

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
