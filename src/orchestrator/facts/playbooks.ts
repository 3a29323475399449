import { Injectable } from '@nestjs/common';
import type { EpisodeFacts, LeadFacts, TripleFacts } from '../../agents/core/index.js';
import { audienceStep } from '../../agents/engagement/index.js';
import { Clock } from '../../config/index.js';
import { type Reader, isUnit } from '../../database/index.js';
import { MemoryService } from '../../memory/index.js';

/** A situation as memory is asked about it. */
export interface Situation {
  readonly scenario: string;
  /** What else is like it, in words. */
  readonly text: string;
}

/** How a lead's situation is described where episodes of its like are looked for. No word of it is the lead's own. */
export function situationOf(scenario: string, { persona }: Pick<LeadFacts, 'persona'>): Situation {
  return { scenario, text: [scenario, ...(persona === null ? [] : [audienceStep(persona)])].join(' ') };
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
  private readonly kept = new Map<string, { readonly until: number; readonly playbook: Playbook }>();
  /**
   * The searches of each reader: nobody waits for another unit's, as that unit may be waiting for a row that he holds,
   * and what a unit finds may be its own, so it is others' only once it is committed.
   */
  private readonly searches = new WeakMap<Reader, Map<string, Promise<Playbook>>>();
  /** How often something was forgotten: a search that began before brings nothing back. */
  private forgotten = 0;

  constructor(
    private readonly memory: MemoryService,
    private readonly clock: Clock,
  ) {}

  of(reader: Reader, situation: Situation): Promise<Playbook> {
    const key = `${situation.scenario}\0${situation.text}`;
    const known = this.kept.get(key);
    if (known && known.until > performance.now()) return Promise.resolve(known.playbook);
    let searches = this.searches.get(reader);
    if (!searches) this.searches.set(reader, (searches = new Map()));
    const running = searches.get(key);
    if (running) return running;
    const search = this.search(reader, situation, key);
    searches.set(key, search);
    return search;
  }

  /** Has the next question about a scenario, or about any, searched anew. */
  forget(scenario?: string): void {
    this.forgotten++;
    if (scenario === undefined) this.kept.clear();
    else for (const key of this.kept.keys()) if (key.startsWith(`${scenario}\0`)) this.kept.delete(key);
  }

  private async search(reader: Reader, situation: Situation, key: string): Promise<Playbook> {
    const before = this.forgotten;
    const keep = (playbook: Playbook): void => {
      if (before !== this.forgotten) return;
      if (this.kept.size >= MOST_KEPT) this.kept.clear();
      this.kept.set(key, { until: performance.now() + KEPT_MS, playbook });
    };
    try {
      const playbook = await this.read(reader, situation);
      if (isUnit(reader)) reader.afterCommit(() => keep(playbook));
      else keep(playbook);
      return playbook;
    } finally {
      // a unit's go with it
      if (!isUnit(reader)) this.searches.get(reader)?.delete(key);
    }
  }

  private async read(reader: Reader, { scenario, text }: Situation): Promise<Playbook> {
    const episodes = await this.memory.similarEpisodes(reader, { scenario, text, limit: EPISODES });
    const triples = await this.memory.lessonsOf(reader, scenario, this.clock.iso(), LESSONS);
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
