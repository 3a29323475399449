import { type CodedEmbedding, similarityOf } from './embedding.js';
import type { IndexEntry } from './episode-index.js';
import type { EpisodicMemory } from './episodic.entities.js';

/**
 * Episodes of the same scenario and steps whose texts are this alike are one that happened again: a word or two
 * differ, not the lesson.
 */
export const SAME_FROM_SIMILARITY = 0.92;

/** An episode while a batch is worked on; what has changed of it is written at the end. */
export interface Draft extends IndexEntry {
  episode: EpisodicMemory;
  occurrences: number;
  last_seen_at: string;
  hasNewText: boolean;
}

export interface IncomingEpisode extends Pick<IndexEntry, 'merge_key'> {
  readonly episode: EpisodicMemory;
  readonly embedding: CodedEmbedding;
  readonly vector: Float32Array;
  readonly source: string;
  readonly now: string;
}

/** So many of the latest are looked at: episodes of one kind that all differ must not make each further one slower. */
export const COMPARED = 16;

/** The episodes that a batch touches: known ones that may have happened again, and those that it makes. */
export class EpisodeBatch {
  readonly touched = new Set<Draft>();
  private readonly byId = new Map<string, Draft>();
  /** Latest last. */
  private readonly byKey = new Map<string, Draft[]>();

  /** @param known those that the incoming ones may be the same as, in the order of their numbers */
  constructor(known: readonly Draft[]) {
    for (const draft of known) this.add(draft);
  }

  /**
   * Counts the incoming episode to the most similar one that is the same, or makes it a new one. @returns the episode
   * it went to
   */
  take(incoming: IncomingEpisode): { draft: Draft; isNew: boolean } {
    const same = this.sameAs(incoming);
    if (!same) return { draft: this.replace(incoming, undefined), isNew: true };
    const { episode, occurrences } = same;
    const mean = episode.outcome_score + (incoming.episode.outcome_score - episode.outcome_score) / (occurrences + 1);
    same.episode = { ...episode, outcome_score: mean };
    same.occurrences = occurrences + 1;
    if (incoming.now > same.last_seen_at) same.last_seen_at = incoming.now;
    this.touched.add(same);
    return { draft: same, isNew: false };
  }

  /** The incoming episode under its own id, in place of what stood there. */
  replace({ episode, merge_key, embedding, source, now }: IncomingEpisode, docId: number | undefined): Draft {
    const old = this.byId.get(episode.episode_id);
    if (old) {
      this.touched.delete(old);
      const list = this.listOf(old);
      list.splice(list.indexOf(old), 1);
    }
    const seen = { occurrences: 1, first_seen_at: now, last_seen_at: now, source };
    const draft: Draft = { episode, merge_key, embedding, doc_id: docId, hasNewText: true, ...seen };
    this.add(draft);
    this.touched.add(draft);
    return draft;
  }

  private sameAs(incoming: IncomingEpisode): Draft | undefined {
    let best: Draft | undefined;
    let bar = SAME_FROM_SIMILARITY;
    for (const draft of this.listOf(incoming).slice(-COMPARED)) {
      const similarity = similarityOf(incoming.vector, draft.embedding);
      if (similarity < bar || (similarity === bar && best)) continue;
      best = draft;
      bar = similarity;
    }
    return best;
  }

  private add(draft: Draft): void {
    this.byId.set(draft.episode.episode_id, draft);
    this.listOf(draft).push(draft);
  }

  private listOf({ merge_key: key }: Pick<IndexEntry, 'merge_key'>): Draft[] {
    let list = this.byKey.get(key);
    if (!list) this.byKey.set(key, (list = []));
    return list;
  }
}
