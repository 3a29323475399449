/** An episode as far as its lesson goes. */
export interface TriedEpisode {
  readonly episode_id: string;
  readonly scenario: string;
  readonly steps: readonly string[];
  /** 0 (bad) to 1 (good); the mean where the episode happened more than once. */
  readonly outcome_score: number;
  readonly occurrences: number;
}

/** What the episodes of a situation say about one step. */
export interface StepLesson {
  readonly scenario: string;
  readonly step: string;
  readonly verdict: 'works_with' | 'fails_with';
  /** Shrunken difference of the outcome with the step from that without regard to it, −1 to 1. */
  readonly lift: number;
  /** How often the step was tried in the situation. */
  readonly tries: number;
  readonly mean_with: number;
  readonly mean_all: number;
  /** Episodes with the step, those that happened most often first. */
  readonly episode_ids: readonly string[];
}

/** Tries that count as much as the assumption that a step changes nothing. */
const SHRINKAGE_TRIES = 5;
/** Smaller lifts are no lesson: 0.1 is also the least weight that a triple can have. */
export const MIN_LIFT = 0.1;
export const MIN_TRIES = 5;
/** Standard errors by which the mean must differ: one step in twenty passes by chance. */
const LESSON_MIN_Z = 1.64;
const NAMED_EPISODES = 20;

/**
 * The lessons of many episodes: per situation and step, lift = (mean outcome with the step − mean outcome of the
 * situation) · n / (n + 5), an empirical Bayes shrinkage towards no effect; every occurrence counts as one try. Steps
 * tried fewer than 5 times, with a lift below 0.1, or whose mean differs by less than 1.64 standard errors teach
 * nothing. An outcome lies between 0 and 1, so its variance is at most m(1 − m) for a mean of m (Bhatia and Davis,
 * Amer. Math. Monthly 107, 2000), and that is what the error is taken from.
 * @returns ordered by situation and step
 */
export function judgeSteps(episodes: Iterable<TriedEpisode>): StepLesson[] {
  const scenarios = new Map<string, { tries: number; total: number; steps: Map<string, TriedEpisode[]> }>();
  for (const episode of episodes) {
    let scenario = scenarios.get(episode.scenario);
    if (!scenario) scenarios.set(episode.scenario, (scenario = { tries: 0, total: 0, steps: new Map() }));
    scenario.tries += episode.occurrences;
    scenario.total += episode.occurrences * episode.outcome_score;
    for (const step of new Set(episode.steps)) {
      const known = scenario.steps.get(step);
      if (known) known.push(episode);
      else scenario.steps.set(step, [episode]);
    }
  }
  const lessons: StepLesson[] = [];
  for (const [scenario, { tries: allTries, total, steps }] of [...scenarios].sort(byKey)) {
    const meanAll = total / allTries;
    for (const [step, tried] of [...steps].sort(byKey)) {
      const tries = tried.reduce((sum, { occurrences }) => sum + occurrences, 0);
      const meanWith =
        tried.reduce((sum, { occurrences, outcome_score }) => sum + occurrences * outcome_score, 0) / tries;
      const lift = (meanWith - meanAll) * (tries / (tries + SHRINKAGE_TRIES));
      const error = Math.sqrt((meanAll * (1 - meanAll)) / tries);
      if (tries < MIN_TRIES || Math.abs(lift) < MIN_LIFT || Math.abs(meanWith - meanAll) < LESSON_MIN_Z * error)
        continue;
      lessons.push({
        scenario,
        step,
        tries,
        lift: round(lift),
        verdict: lift > 0 ? 'works_with' : 'fails_with',
        mean_with: round(meanWith),
        mean_all: round(meanAll),
        episode_ids: [...tried]
          .sort(byWeight)
          .slice(0, NAMED_EPISODES)
          .map(({ episode_id }) => episode_id),
      });
    }
  }
  return lessons;
}

function byKey([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function byWeight(one: TriedEpisode, other: TriedEpisode): number {
  return other.occurrences - one.occurrences || (one.episode_id < other.episode_id ? -1 : 1);
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

/** How many leads of a group hold a value of a fact. */
export interface ValueCount {
  /** Such as an industry. */
  readonly group: string;
  readonly value: string;
  readonly leads: number;
}

/** A value that a group holds more often than the others do. */
export interface RecurrentFact {
  readonly group: string;
  readonly value: string;
  /** Leads of the group that hold it. */
  readonly support: number;
  /** Leads of the group of whom the fact is known at all. */
  readonly known: number;
  /** Share of the group that holds it, shrunk to the share among all. */
  readonly share: number;
  readonly share_of_all: number;
}

/** Leads of the overall share that are mixed into a group's own. */
const SHRINKAGE_LEADS = 20;
export const MIN_SUPPORT = 5;
const MIN_SHARE = 0.1;
/**
 * Standard errors above the overall share: many values of many groups are looked at together, and some stand out by
 * chance.
 */
const TRAIT_MIN_Z = 3;

/**
 * What is told of a group as a whole: values held by at least 5 of its leads, by at least a tenth, and by so many
 * more of them than of all leads that chance does not do it, z = (support − known · p) / √(known · p · (1 − p)) ≥ 3
 * with p the share of all. The share is shrunk: (support + 20 · p) / (known + 20).
 * @param known per group, the leads of whom the fact is known; a lead may hold several values
 * @returns ordered by group, the largest share first
 */
export function findRecurrent(counts: readonly ValueCount[], known: ReadonlyMap<string, number>): RecurrentFact[] {
  const leads = [...known.values()].reduce((sum, each) => sum + each, 0);
  const byValue = new Map<string, number>();
  for (const { value, leads: support } of counts) byValue.set(value, (byValue.get(value) ?? 0) + support);
  const found: RecurrentFact[] = [];
  for (const { group, value, leads: support } of counts) {
    const inGroup = known.get(group) ?? 0;
    if (support < MIN_SUPPORT || inGroup === 0) continue;
    const shareOfAll = byValue.get(value)! / leads;
    const share = (support + SHRINKAGE_LEADS * shareOfAll) / (inGroup + SHRINKAGE_LEADS);
    const deviation = Math.sqrt(inGroup * shareOfAll * (1 - shareOfAll));
    if (share < MIN_SHARE || support - inGroup * shareOfAll < TRAIT_MIN_Z * deviation || share <= shareOfAll) continue;
    found.push({ group, value, support, known: inGroup, share: round(share), share_of_all: round(shareOfAll) });
  }
  return found.sort((one, other) =>
    one.group === other.group
      ? other.share - one.share || compare(one.value, other.value)
      : compare(one.group, other.group),
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
