import { Injectable } from '@nestjs/common';
import { Database, type Reader, type Unit, marks } from '../../database/index.js';
import { textOf } from './episode-document.js';
import { EpisodicMemory } from './episodic.entities.js';
import { isFunctionWord, wordsOf } from './words-of.js';

/** A word in more episodes than this tells them apart too little for what ranking them all would cost. */
const MOST_WITH_WORD = 1_000;
/** The words of a query, rarest first, take part until so many episodes would have to be ranked. */
const MOST_RANKED = 2_000;
const MOST_WORDS = 12;
/** So many searches believe that a word is common before it is counted again. */
const BELIEVED_COMMON = 500;
const MOST_COMMON_WORDS = 20_000;
const KEYS_AT_ONCE = 500;
/** Texts of one unit: other writers wait for some milliseconds. */
const CAUGHT_UP_AT_ONCE = 200;
const WORTH_A_UNIT = 200;
const MANY = 50;
/** Numbers go up, and texts are given in their order, so what comes after the last one waits. */
const LAST_NUMBER = '(SELECT COALESCE(MAX(id), 0) FROM memory_episodic_fts_docsize)';
const WAITS = `doc_id > ${LAST_NUMBER}`;

/**
 * The full text of the episodes: FTS5 with bm25 on SQLite, tsvector with ts_rank on PostgreSQL. Both are given words,
 * never raw text.
 */
@Injectable()
export class EpisodeText {
  private readonly isSqlite: boolean;
  /** Written by this process and without a text, more or less. */
  private waiting = 0;
  private action: (() => void) | undefined;
  /**
   * Words found to be in more than `MOST_WITH_WORD` episodes, and in how many searches this is still taken for true.
   */
  private readonly common = new Map<string, number>();

  constructor(database: Database) {
    this.isSqlite = database.dialect === 'sqlite';
  }

  /** Calls back when so many episodes wait that they are worth a unit; see `catchUp`. */
  whenManyWait(action: () => void): void {
    this.action = action;
  }

  /**
   * Has episodes found by these texts, by their numbers. On SQLite new numbers wait for `catchUp`: FTS5 writes what it
   * was given at the end of every unit, which costs more than the words.
   * @param replaced those of the numbers that may have a text already
   */
  async set(unit: Unit, texts: ReadonlyMap<number, string>, replaced: readonly number[]): Promise<void> {
    if (!this.isSqlite) {
      await this.remove(unit, replaced);
      return this.add(unit, texts);
    }
    unit.afterCommit(() => {
      this.waiting += texts.size;
      if (this.waiting >= WORTH_A_UNIT) this.action?.();
    });
    // many at once are worth it by themselves, and must not run ahead of what comes after
    if (texts.size >= MANY) unit.atEnd(this.catchUpAtEnd, [texts.size]);
    if (replaced.length === 0) return;
    const last = await this.lastNumber(unit);
    const known = replaced.filter((docId) => docId <= last);
    await this.remove(unit, known);
    await this.add(unit, new Map(known.map((docId) => [docId, texts.get(docId)!])));
  }

  /** Gives the episodes that wait, at most so many, their texts. @returns whether more wait */
  async catchUp(unit: Unit, limit = CAUGHT_UP_AT_ONCE): Promise<boolean> {
    if (!this.isSqlite) return false;
    const rows = await unit.query(
      `SELECT i.doc_id, m.scenario, m.action_sequence_json, m.notes FROM memory_episodic_index i JOIN memory_episodic m ON m.episode_id = i.episode_id
       WHERE i.${WAITS} ORDER BY i.doc_id LIMIT ${Math.trunc(limit)}`,
    );
    const episodes = unit.of(EpisodicMemory);
    await this.add(unit, new Map(rows.map((row) => [row.doc_id as number, textOf(episodes.decode(row))])));
    unit.afterCommit(() => (this.waiting = Math.max(0, this.waiting - rows.length)));
    return rows.length === limit;
  }

  private readonly catchUpAtEnd = async (unit: Unit, written: readonly number[]): Promise<void> => {
    await this.catchUp(unit, WORTH_A_UNIT + written.reduce((sum, count) => sum + count, 0));
  };

  /** Whether any episode waits for its text. */
  async isAnyWaiting(reader: Reader): Promise<boolean> {
    if (!this.isSqlite) return false;
    const found = await reader.query(
      `SELECT 1 FROM memory_episodic_index WHERE ${WAITS} AND embedding IS NOT NULL LIMIT 1`,
    );
    return found.length > 0;
  }

  /** Numbers given at random by transactions that overlap would leave gaps: on PostgreSQL nothing waits. */
  get waitingCondition(): string | undefined {
    return this.isSqlite ? WAITS : undefined;
  }

  private async lastNumber(unit: Unit): Promise<number> {
    const [row] = await unit.query(`SELECT ${LAST_NUMBER} AS last`);
    return row!.last as number;
  }

  private async add(unit: Unit, texts: ReadonlyMap<number, string>): Promise<void> {
    if (this.isSqlite) {
      const sql = 'INSERT INTO memory_episodic_fts (rowid, words) VALUES (?, ?)';
      for (const [docId, text] of texts) await unit.execute(sql, [docId, wordsOf(text).join(' ')]);
      return;
    }
    const rows = [...texts].map(([docId, text]) => [docId, lexemes(wordsOf(text))]);
    for (let start = 0; start < rows.length; start += KEYS_AT_ONCE) {
      const part = rows.slice(start, start + KEYS_AT_ONCE);
      await unit.execute(
        `INSERT INTO memory_episodic_fts (doc_id, words) VALUES ${part.map(() => '(?, ?::tsvector)').join(',')}`,
        part.flat(),
      );
    }
  }

  private async remove(unit: Unit, docIds: readonly number[]): Promise<void> {
    const key = this.isSqlite ? 'rowid' : 'doc_id';
    for (let start = 0; start < docIds.length; start += KEYS_AT_ONCE) {
      const part = docIds.slice(start, start + KEYS_AT_ONCE);
      await unit.execute(`DELETE FROM memory_episodic_fts WHERE ${key} IN (${marks(part)})`, part);
    }
  }

  /**
   * The episodes that hold at least one of the rarer words, with a score that is higher the better they match: bm25
   * (Robertson & Zaragoza 2009), or on PostgreSQL its ts_rank, which knows no rarity of words. Words that very many
   * episodes hold take no part.
   */
  async search(reader: Reader, words: readonly string[], limit: number): Promise<Map<number, number>> {
    const rare = await this.rarestWords(reader, words);
    if (rare.length === 0) return new Map();
    const match = this.anyOf(rare);
    const rows = await (this.isSqlite
      ? reader.query(
          `SELECT rowid AS doc_id, -rank AS score FROM memory_episodic_fts WHERE memory_episodic_fts MATCH ? ORDER BY rank LIMIT ${limit}`,
          [match],
        )
      : reader.query(
          `SELECT doc_id, ts_rank(words, ?::tsquery, 1) AS score FROM memory_episodic_fts WHERE words @@ ?::tsquery ORDER BY score DESC, doc_id LIMIT ${limit}`,
          [match, match],
        ));
    return new Map(rows.map(({ doc_id: docId, score }) => [docId as number, score as number]));
  }

  /** The numbers of the episodes that hold all words of the text, in any order. */
  async holding(reader: Reader, text: string): Promise<number[]> {
    const words = [...new Set(wordsOf(text))];
    if (words.length === 0) return [];
    const rows = await (this.isSqlite
      ? reader.query('SELECT rowid AS doc_id FROM memory_episodic_fts WHERE memory_episodic_fts MATCH ?', [
          words.map((word) => `"${word}"`).join(' AND '),
        ])
      : reader.query('SELECT doc_id FROM memory_episodic_fts WHERE words @@ ?::tsquery', [
          words.map((word) => `'${word}'`).join(' & '),
        ]));
    return rows.map((row) => row.doc_id as number);
  }

  /** The rarest of the words, as many as can be ranked within bounds. */
  private async rarestWords(reader: Reader, words: readonly string[]): Promise<string[]> {
    const distinct = [...new Set(words)];
    const full = distinct.filter((word) => !isFunctionWord(word));
    const counted: [word: string, count: number][] = [];
    for (const word of (full.length > 0 ? full : distinct).slice(0, MOST_WORDS))
      counted.push([word, await this.count(reader, word)]);
    counted.sort(([, one], [, other]) => one - other);
    let ranked = 0;
    return counted
      .filter(([, count]) => count > 0 && count <= MOST_WITH_WORD && (ranked += count) <= MOST_RANKED)
      .map(([word]) => word);
  }

  /** How many episodes hold the word, counted no further than to one too many. */
  private async count(reader: Reader, word: string): Promise<number> {
    const believed = this.common.get(word) ?? 0;
    if (believed > 0) {
      this.common.set(word, believed - 1);
      return MOST_WITH_WORD + 1;
    }
    const holds = this.isSqlite ? 'memory_episodic_fts MATCH ?' : 'words @@ ?::tsquery';
    const sql = `SELECT COUNT(*) AS n FROM (SELECT 1 FROM memory_episodic_fts WHERE ${holds} LIMIT ${MOST_WITH_WORD + 1}) found`;
    const [row] = await reader.query(sql, [this.anyOf([word])]);
    const count = Number(row!.n);
    if (count <= MOST_WITH_WORD) this.common.delete(word);
    else {
      if (this.common.size >= MOST_COMMON_WORDS) this.common.clear();
      this.common.set(word, BELIEVED_COMMON);
    }
    return count;
  }

  /** Letters and digits only, so that quotes are all that either query language needs. */
  private anyOf(words: readonly string[]): string {
    return this.isSqlite ? words.map((word) => `"${word}"`).join(' OR ') : words.map((word) => `'${word}'`).join(' | ');
  }
}

/** PostgreSQL keeps no places beyond this one. */
const LAST_PLACE = 16_383;

/** A tsvector's text, so that PostgreSQL's own parser, which would see addresses, numbers and paths, has no say. */
function lexemes(words: readonly string[]): string {
  return words.map((word, index) => `'${word}':${Math.min(index + 1, LAST_PLACE)}`).join(' ');
}
