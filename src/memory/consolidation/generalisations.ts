import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '../../database/index.js';
import { type TriedEpisode, type ValueCount, findRecurrent, judgeSteps } from './generalise.js';
import { type TripleWish, wishesOfLessons, wishesOfRecurrent } from './triple-keeper.js';

const EPISODES_AT_ONCE = 2_000;

export interface Generalisation {
  /** The predicates that the wishes are all about. */
  readonly predicates: readonly string[];
  readonly wishes: readonly TripleWish[];
}

/** Preferences that leads of an industry can have in common, and what the graph calls it. */
const COMMON_PREFERENCES = [
  { preference: 'interests', predicate: 'interested_in', type: 'topic' },
  { preference: 'preferred_channels', predicate: 'answers_on', type: 'channel' },
] as const;

/**
 * What many episodes, and many leads, have in common. It reads whole tables, so it reads a part at a time and beside
 * the writers.
 */
@Injectable()
export class Generalisations {
  constructor(private readonly database: Database) {}

  async lessons(): Promise<Generalisation> {
    return { predicates: ['works_with', 'fails_with'], wishes: wishesOfLessons(judgeSteps(await this.episodes())) };
  }

  async commonTraits(): Promise<Generalisation> {
    const wishes: TripleWish[] = [];
    for (const { preference, predicate, type } of COMMON_PREFERENCES) {
      const { counts, known } = await this.countPreference(preference);
      wishes.push(...wishesOfRecurrent(predicate, type, findRecurrent(counts, known)));
    }
    return { predicates: COMMON_PREFERENCES.map(({ predicate }) => predicate), wishes };
  }

  private async episodes(): Promise<TriedEpisode[]> {
    const episodes: TriedEpisode[] = [];
    for (let after = ''; ;) {
      const rows = await this.database.queryAside(
        `SELECT e.episode_id, e.scenario, e.action_sequence_json, e.outcome_score, i.occurrences
         FROM memory_episodic e LEFT JOIN memory_episodic_index i ON i.episode_id = e.episode_id
         WHERE e.episode_id > ? ORDER BY e.episode_id LIMIT ${EPISODES_AT_ONCE}`,
        [after],
      );
      for (const { episode_id, scenario, action_sequence_json: steps, outcome_score, occurrences } of rows) {
        episodes.push({
          episode_id: String(episode_id),
          scenario: String(scenario),
          outcome_score: Number(outcome_score),
          occurrences: Number(occurrences ?? 1),
          steps: textsOf(steps),
        });
      }
      if (rows.length < EPISODES_AT_ONCE) return episodes;
      after = String(rows.at(-1)!.episode_id);
      await nextTurn();
    }
  }

  /**
   * How many leads of each industry hold each value, by the summaries, which imports fill too: so only the texts of a
   * list count.
   */
  private async countPreference(name: string): Promise<{ counts: ValueCount[]; known: Map<string, number> }> {
    const list = `m.preferences_json -> '${name}'`;
    const [value, from] =
      this.database.dialect === 'sqlite'
        ? [
            'v.value',
            `CROSS JOIN json_each(CASE json_type(${list}) WHEN 'array' THEN ${list} ELSE '[]' END) v WHERE v.type = 'text'`,
          ]
        : [
            `v.item #>> '{}'`,
            `CROSS JOIN json_array_elements(CASE json_typeof(${list}) WHEN 'array' THEN ${list} ELSE '[]' END) AS v(item) WHERE json_typeof(v.item) = 'string'`,
          ];
    const tables = `FROM memory_long_term m ${from} AND m.industry IS NOT NULL`;
    const counts = await this.database.queryAside(
      `SELECT m.industry, ${value} AS value, COUNT(DISTINCT m.lead_id) AS leads ${tables} GROUP BY m.industry, ${value}`,
    );
    const known = await this.database.queryAside(
      `SELECT m.industry, COUNT(DISTINCT m.lead_id) AS leads ${tables} GROUP BY m.industry`,
    );
    return {
      counts: counts.map((row) => ({
        group: String(row.industry),
        value: String(row.value),
        leads: Number(row.leads),
      })),
      known: new Map(known.map(({ industry, leads }) => [String(industry), Number(leads)])),
    };
  }
}

/** The texts of a JSON list, which comes as text from SQLite and parsed from PostgreSQL. */
function textsOf(json: unknown): string[] {
  const list: unknown = typeof json === 'string' ? JSON.parse(json) : json;
  return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [];
}
