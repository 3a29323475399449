import { Injectable } from '@nestjs/common';
import { type Reader, isUnit, marks } from '../../database/index.js';
import { type CodedEmbedding, TextEmbedder, decodeEmbedding, similarityOf } from './embedding.js';
import { EpisodeFollower } from './episode-follower.js';
import { EpisodeText } from './episode-text.js';
import { wordsOf } from './words-of.js';

export interface RankingQuery {
  readonly text: string;
  readonly scenario?: string | undefined;
  readonly min_outcome?: number | undefined;
  readonly limit: number;
}

export interface RankedEpisode {
  readonly doc_id: number;
  /** The fused score; comparable within one answer only. */
  readonly score: number;
  /** Cosine with the query, −1 to 1. */
  readonly similarity: number;
  /** Place in the full-text ranking, from 1; null when none of the rarer words is in it. */
  readonly text_rank: number | null;
}

/** Each ranking goes at least so deep, and deeper when more is asked for. */
const DEPTH = 100;
/** With a filter full text goes deeper first, as it learns of the filter afterwards. */
const FILTERED_DEPTH = 2_000;
/** Hashing alone makes strangers look this alike (three standard deviations at 256 dimensions). */
const LEAST_SIMILARITY = 0.2;
const MOST_WORDS = 64;

interface Candidate {
  readonly similarity: number;
  readonly outcome: number;
}

/** Ranks episodes by three things at once: how alike the embeddings are, how well the words match, how well it went. */
@Injectable()
export class EpisodeRanking {
  constructor(
    private readonly follower: EpisodeFollower,
    private readonly text: EpisodeText,
    private readonly embedder: TextEmbedder,
  ) {}

  /** Best first; equals by what happened first. Empty for a text without words. */
  async rank(
    reader: Reader,
    { text, scenario, min_outcome: minOutcome, limit }: RankingQuery,
  ): Promise<RankedEpisode[]> {
    const words = wordsOf(text, MOST_WORDS);
    if (words.length === 0) return [];
    if (!isUnit(reader)) await this.follower.refresh();
    // inside a unit nothing is awaited: it gives its own episodes their texts
    else while (await this.text.catchUp(reader));
    const { vectors } = this.follower;
    const [query] = await this.embedder.embed([text]);
    const filter = { scenario, minOutcome };
    const depth = Math.max(DEPTH, 2 * limit);
    const candidates = new Map<number, Candidate>();
    for (const { docId, similarity } of vectors.nearest(query!, depth, filter)) {
      if (similarity >= LEAST_SIMILARITY) candidates.set(docId, { similarity, outcome: vectors.outcomeOf(docId)! });
    }
    const isFiltered = scenario !== undefined || minOutcome !== undefined;
    const found = await this.text.search(reader, words, isFiltered ? FILTERED_DEPTH : depth);
    const absent = await this.read(
      reader,
      [...found.keys()].filter((docId) => !vectors.has(docId)),
    );
    const byText = new Map<number, number>();
    for (const [docId, score] of found) {
      const other = absent.get(docId);
      const isWanted = other ? isAccepted(other, scenario, minOutcome) : vectors.accepts(docId, filter);
      if (!isWanted || byText.size >= depth) continue;
      byText.set(docId, score);
      if (candidates.has(docId)) continue;
      const similarity = other ? other.similarityTo(query!) : vectors.similarityTo(query!, docId)!;
      candidates.set(docId, { similarity, outcome: other?.outcome ?? vectors.outcomeOf(docId)! });
    }
    return fused(candidates, byText).slice(0, limit);
  }

  /** Episodes that the vectors do not hold: a unit's own that is still open, or the oldest when there are very many. */
  private async read(reader: Reader, docIds: readonly number[]): Promise<Map<number, AbsentEpisode>> {
    if (docIds.length === 0) return new Map();
    const rows = await reader.query(
      `SELECT i.doc_id, i.model, i.embedding, m.scenario, m.outcome_score FROM memory_episodic_index i JOIN memory_episodic m ON m.episode_id = i.episode_id
       WHERE i.doc_id IN (${marks(docIds)})`,
      docIds,
    );
    return new Map(
      rows.map((row) => {
        const embedding = row.model === this.embedder.model ? decodeEmbedding(row.embedding as string) : undefined;
        return [
          row.doc_id as number,
          new AbsentEpisode(row.scenario as string, row.outcome_score as number, embedding),
        ];
      }),
    );
  }
}

class AbsentEpisode {
  constructor(
    readonly scenario: string,
    readonly outcome: number,
    private readonly embedding: CodedEmbedding | undefined,
  ) {}

  similarityTo(query: Float32Array): number {
    return this.embedding ? similarityOf(query, this.embedding) : 0;
  }
}

function isAccepted(episode: AbsentEpisode, scenario: string | undefined, minOutcome = 0): boolean {
  return (scenario === undefined || episode.scenario === scenario) && episode.outcome >= minOutcome;
}

function fused(candidates: ReadonlyMap<number, Candidate>, byText: ReadonlyMap<number, number>): RankedEpisode[] {
  const bySimilarity = new Map(
    [...candidates]
      .filter(([, each]) => each.similarity >= LEAST_SIMILARITY)
      .map(([docId, each]) => [docId, each.similarity]),
  );
  const byOutcome = new Map([...candidates].map(([docId, each]) => [docId, each.outcome]));
  const textRanks = ranksOf(byText);
  const scores = fuseRankings([bySimilarity, byText, byOutcome]);
  return [...scores]
    .map(([docId, score]) => ({
      doc_id: docId,
      score,
      // rounding can bring the same text a hair above
      similarity: Math.min(1, candidates.get(docId)!.similarity),
      text_rank: textRanks.get(docId) ?? null,
    }))
    .sort((one, other) => other.score - one.score || other.similarity - one.similarity || one.doc_id - other.doc_id);
}

/** Dampens the first places, so that one ranking alone cannot carry an item; the value of the paper. */
const RRF_K = 60;

/** One ranking: each item's value, a higher one first. What it does not hold gets nothing from it. */
export type Ranking<T> = ReadonlyMap<T, number>;

/**
 * Reciprocal rank fusion: the sum of 1 / (60 + rank) over the rankings that hold the item, ranks from 1 (Cormack,
 * Clarke & Büttcher, "Reciprocal rank fusion outperforms Condorcet and individual rank learning methods", SIGIR
 * 2009). Equal values share the better rank.
 */
export function fuseRankings<T>(rankings: readonly Ranking<T>[]): Map<T, number> {
  const scores = new Map<T, number>();
  for (const ranking of rankings) {
    for (const [item, rank] of ranksOf(ranking)) scores.set(item, (scores.get(item) ?? 0) + 1 / (RRF_K + rank));
  }
  return scores;
}

/** The place of each item, from 1; equal values share the better place and the next one is skipped. */
export function ranksOf<T>(ranking: Ranking<T>): Map<T, number> {
  const sorted = [...ranking].sort(([, one], [, other]) => other - one);
  const ranks = new Map<T, number>();
  let rank = 0;
  sorted.forEach(([item, value], index) => {
    if (index === 0 || value !== sorted[index - 1]![1]) rank = index + 1;
    ranks.set(item, rank);
  });
  return ranks;
}
