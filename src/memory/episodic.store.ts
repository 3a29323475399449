import { Injectable } from '@nestjs/common';
import { newId } from '../config/index.js';
import type { Unit } from '../database/index.js';
import { EpisodicMemory } from './episodic.entity.js';
import type { MemoryReader } from './memory-reader.js';

/** A situation, what was done and how it went; without an id it is a new episode. */
export type EpisodeEntry = Omit<EpisodicMemory, 'episode_id'> & { readonly episode_id?: string };

export interface EpisodeQuery {
  readonly episode_id?: string;
  readonly scenario?: string;
  /** Words to look for in scenario, steps and notes. */
  readonly text?: string;
  /** 0 to 1; only episodes that went at least this well. */
  readonly min_outcome?: number;
  readonly limit: number;
}

const MAX_WORDS = 8;
const SEARCHED_TEXT = `LOWER(scenario || ' ' || CAST(action_sequence_json AS TEXT) || ' ' || notes)`;

/** Playbooks: what worked, and what did not, in which situation. */
@Injectable()
export class EpisodicStore {
  /** @returns the rows as stored */
  async remember(unit: Unit, entries: readonly EpisodeEntry[]): Promise<EpisodicMemory[]> {
    const rows = entries.map((entry): EpisodicMemory => ({ ...entry, episode_id: entry.episode_id ?? newId('EPI') }));
    await unit.of(EpisodicMemory).upsert(rows);
    return rows;
  }

  /** Those that hold most of the words first, then those that went best. With `text`, at least one word must be found. */
  async search(reader: MemoryReader, { episode_id, scenario, text, min_outcome, limit }: EpisodeQuery): Promise<EpisodicMemory[]> {
    const words = text === undefined ? undefined : wordsOf(text);
    const matched = words?.map(() => `CASE WHEN ${SEARCHED_TEXT} LIKE ? ESCAPE '!' THEN 1 ELSE 0 END`).join(' + ') || '0';
    const conditions: [string, unknown][] = [
      ['episode_id = ?', episode_id],
      ['scenario = ?', scenario],
      ['outcome_score >= ?', min_outcome],
    ];
    const asked = conditions.filter(([, value]) => value !== undefined);
    const rows = await reader.query(
      `SELECT episode_id, scenario, action_sequence_json, outcome_score, notes
       FROM (SELECT m.*, ${matched} AS matched FROM memory_episodic m) found
       WHERE ${['1=1', ...asked.map(([sql]) => sql), ...(words ? ['matched > 0'] : [])].join(' AND ')}
       ORDER BY matched DESC, outcome_score DESC, episode_id LIMIT ${Math.trunc(limit)}`,
      [...(words ?? []).map(containing), ...asked.map(([, value]) => value)],
    );
    const episodes = reader.of(EpisodicMemory);
    return rows.map((row) => episodes.decode(row));
  }

  /** Episodes do not belong to a lead; those whose text names this one are removed. */
  async forgetLead(unit: Unit, leadId: string): Promise<number> {
    const rows = await unit.query(`SELECT episode_id, ${SEARCHED_TEXT} AS text FROM memory_episodic WHERE ${SEARCHED_TEXT} LIKE ? ESCAPE '!'`, [
      containing(leadId.toLowerCase()),
    ]);
    const name = new RegExp(`(?<![\\w-])${leadId.toLowerCase().replace(/[^\w-]/g, '\\$&')}(?![\\w-])`);
    const episode_id = rows.filter(({ text }) => name.test(text as string)).map((row) => row.episode_id as string);
    return unit.of(EpisodicMemory).delete({ episode_id });
  }
}

function wordsOf(text: string): string[] {
  return [...new Set(text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean))].slice(0, MAX_WORDS);
}

function containing(word: string): string {
  return `%${word.replace(/[!%_]/g, '!$&')}%`;
}
