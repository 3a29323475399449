import { Injectable } from '@nestjs/common';
import type { EpisodeFacts, TripleFacts } from '../../agents/core/index.js';
import { Clock } from '../../config/index.js';
import { Database } from '../../database/index.js';
import { MemoryService } from '../../memory/index.js';

/** A situation as memory is asked about it. */
export interface Situation {
  readonly scenario: string;
  /** What else is like it, in words. */
  readonly text: string;
}

/** What memory says of a situation. */
export interface Playbook {
  /** Most similar first. */
  readonly episodes: readonly EpisodeFacts[];
  /** What works and what fails there, the surest first. */
  readonly triples: readonly TripleFacts[];
}

const EPISODES = 16;
const LESSONS = 24;
/** Playbooks change by the day, and handoffs come by the second. */
const KEPT_MS = 30_000;
const MOST_KEPT = 500;

/**
 * Similar episodes and lessons for situations. Leads share a few situations, so each is searched once and then kept
 * for half a minute, or until this process remembers something new of it.
 */
@Injectable()
export class Playbooks {
  private readonly kept = new Map<string, { readonly until: number; readonly playbook: Promise<Playbook> }>();

  constructor(
    private readonly memory: MemoryService,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  of(situation: Situation): Promise<Playbook> {
    const key = `${situation.scenario}\0${situation.text}`;
    const known = this.kept.get(key);
    if (known && known.until > performance.now()) return known.playbook;
    if (this.kept.size >= MOST_KEPT) this.kept.clear();
    const playbook = this.read(situation);
    this.kept.set(key, { until: performance.now() + KEPT_MS, playbook });
    // a search that failed is tried again by the next who asks
    playbook.catch(() => this.kept.delete(key));
    return playbook;
  }

  /** Has the next question about a scenario, or about any, searched anew. */
  forget(scenario?: string): void {
    if (scenario === undefined) this.kept.clear();
    else for (const key of this.kept.keys()) if (key.startsWith(`${scenario}\0`)) this.kept.delete(key);
  }

  private async read({ scenario, text }: Situation): Promise<Playbook> {
    const episodes = await this.memory.similarEpisodes(this.database, { scenario, text, limit: EPISODES });
    const triples = await this.memory.lessonsOf(this.database, scenario, this.clock.iso(), LESSONS);
    return {
      episodes: episodes.map(({ episode_id, action_sequence_json, outcome_score, occurrences }) => ({
        episode_id,
        scenario,
        action_sequence: action_sequence_json,
        outcome_score,
        occurrences,
      })),
      triples: triples.map(({ triple_id, subject, predicate, object, weight, valid_from }) => ({
        triple_id,
        subject,
        predicate,
        object,
        weight,
        valid_from,
      })),
    };
  }
}
