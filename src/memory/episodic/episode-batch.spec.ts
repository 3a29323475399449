import { codeEmbedding } from './embedding.js';
import { COMPARED, EpisodeBatch, SAME_FROM_SIMILARITY, type IncomingEpisode } from './episode-batch.js';

const [EARLY, LATE] = ['2026-03-01T08:00:00.000Z', '2026-03-02T08:00:00.000Z'];

/** A vector whose cosine with the first axis is this. */
const at = (cosine: number): Float32Array =>
  Float32Array.from([cosine, Math.sqrt(1 - cosine ** 2), ...new Array<number>(62).fill(0)]);

const incoming = (
  episode_id: string,
  outcome_score: number,
  changes: { vector?: Float32Array; merge_key?: string; now?: string } = {},
): IncomingEpisode => {
  const { vector = at(1), merge_key = 'key', now = EARLY } = changes;
  const episode = {
    episode_id,
    scenario: 'churn_risk',
    action_sequence_json: ['call'],
    outcome_score,
    notes: episode_id,
  };
  return { episode, merge_key, vector, embedding: codeEmbedding(vector), source: 'test', now };
};

describe('EpisodeBatch', () => {
  it('counts the same episode once more, with the running mean of the outcomes and the first notes', () => {
    const batch = new EpisodeBatch([]);
    expect(batch.take(incoming('E1', 0.9))).toMatchObject({ isNew: true });
    expect(batch.take(incoming('E2', 0.3, { now: LATE }))).toMatchObject({ isNew: false });
    const { draft } = batch.take(incoming('E3', 0.6));
    expect(draft).toMatchObject({
      occurrences: 3,
      first_seen_at: EARLY,
      last_seen_at: LATE,
      episode: { episode_id: 'E1', notes: 'E1' },
    });
    expect(draft.episode.outcome_score).toBeCloseTo(0.6, 12);
    expect(batch.touched.size).toBe(1);
  });

  it.each([
    ['just above the threshold', { vector: at(SAME_FROM_SIMILARITY + 0.01) }, false],
    ['just below it', { vector: at(SAME_FROM_SIMILARITY - 0.01) }, true],
    ['alike but of other steps', { merge_key: 'other' }, true],
    ['without any words', { vector: new Float32Array(64) }, true],
  ])('takes one that is %s for new: %#', (_, changes, isNew) => {
    const batch = new EpisodeBatch([]);
    batch.take(incoming('E1', 0.9));
    expect(batch.take(incoming('E2', 0.9, changes)).isNew).toBe(isNew);
  });

  it('prefers the most similar of several', () => {
    const batch = new EpisodeBatch([]);
    batch.replace(incoming('E1', 0.5, { vector: at(0.95) }), undefined);
    batch.replace(incoming('E2', 0.5, { vector: at(0.99) }), undefined);
    batch.replace(incoming('E3', 0.5, { vector: at(0.93) }), undefined);
    expect(batch.take(incoming('E4', 0.5)).draft.episode.episode_id).toBe('E2');
  });

  it('replaces by id: what came before under that id is gone, also from what others can be the same as', () => {
    const known = new EpisodeBatch([]).take(incoming('E1', 0.1)).draft;
    const batch = new EpisodeBatch([{ ...known, doc_id: 5, occurrences: 9 }]);
    const draft = batch.replace(incoming('E1', 0.8, { vector: at(0.1) }), 5);
    expect(draft).toMatchObject({ doc_id: 5, occurrences: 1, hasNewText: true, episode: { outcome_score: 0.8 } });
    expect(batch.take(incoming('E2', 0.5)).isNew).toBe(true);
    expect(batch.touched.size).toBe(2);
  });

  it('looks at the latest few only', () => {
    const batch = new EpisodeBatch([]);
    batch.take(incoming('E0', 0.5));
    for (let number = 1; number <= COMPARED; number++)
      batch.replace(incoming(`E${number}`, 0.5, { vector: at(0) }), undefined);
    expect(batch.take(incoming('E99', 0.5)).isNew).toBe(true);
  });
});
