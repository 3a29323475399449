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
const MIN_Z = 1.64;
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
      if (tries < MIN_TRIES || Math.abs(lift) < MIN_LIFT || Math.abs(meanWith - meanAll) < MIN_Z * error) continue;
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
