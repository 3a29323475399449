import type { Evidence } from './fact.js';

/** What is stated once is at least as sure as stated; what is only repeated never becomes certain. */
const LARGEST_COMBINED = 0.99;
/**
 * Share of a further statement that counts as independent: little from a source that spoke already, most from another
 * one.
 */
const SAME_SOURCE = 0.25;
const OTHER_SOURCE = 0.75;
const EVIDENCE_KEPT = 12;

/**
 * How sure several statements of the same value make: noisy-or, 1 − (1 − c₁)·Π(1 − wᵢ·cᵢ) (Pearl 1988, Probabilistic
 * Reasoning in Intelligent Systems, §4.3.2), where c₁ is the strongest statement and w discounts the others for
 * depending on each other: ¼ for a source that is counted already, ¾ for a new one. At most 0.99 unless a single
 * statement says more. 0 without any.
 */
export function combineEvidence(evidence: readonly Evidence[]): number {
  const sorted = strongestFirst(evidence);
  const [strongest, ...others] = sorted;
  if (!strongest) return 0;
  const counted = new Set([strongest.source]);
  let doubt = 1 - strongest.confidence;
  for (const { source, confidence } of others) {
    doubt *= 1 - (counted.has(source) ? SAME_SOURCE : OTHER_SOURCE) * confidence;
    counted.add(source);
  }
  return Math.max(strongest.confidence, Math.min(LARGEST_COMBINED, 1 - doubt));
}

/**
 * The evidence with one more statement. The same evidence (source and id) told again takes the place of what it said
 * before; confidence 0 takes it back. Of more than twelve the weakest goes: by then it moves the confidence by
 * nothing that shows. The one that speaks of the latest time stays: until then the value is known to hold.
 */
export function withEvidence(evidence: readonly Evidence[], more: Evidence): Evidence[] {
  const others = evidence.filter(
    ({ source, source_id }) => source_id === null || source_id !== more.source_id || source !== more.source,
  );
  const all = more.confidence > 0 ? [...others, more] : others;
  if (all.length <= EVIDENCE_KEPT) return all;
  const latest = all.reduce((one, other) => ((other.since ?? '') > (one.since ?? '') ? other : one));
  return [
    ...strongestFirst(all)
      .filter((each) => each !== latest)
      .slice(0, EVIDENCE_KEPT - 1),
    latest,
  ];
}

/** The earlier first among equals, so that the order does not depend on the sort. */
export function strongestFirst(evidence: readonly Evidence[]): Evidence[] {
  return [...evidence].sort((a, b) => b.confidence - a.confidence || (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}
