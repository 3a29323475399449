import { Injectable } from '@nestjs/common';
import { type Reader, type Tally, changedLeads, hasChangedLeads, marks, readFigures } from '../../database/index.js';
import { changesBetween, readContributions } from './lead-contribution.js';

/** So many changes of leads are taken into account; where there are more, an import is being counted in. */
const CHANGES_AWAITED = 1_000;
/** Few enough for one IN list. */
const LEADS_AWAITED = 500;

/** What leads, channels and variants add up to. Read, not counted: see `FigureKeeper`. */
@Injectable()
export class PortfolioFigures {
  /**
   * The figures of these names, of `LEAD_FIGURE` or kept by triggers alone. Leads that have changed and are not counted
   * in yet are counted in here, so that in ordinary work the answer is exact.
   */
  async read(reader: Reader, names: readonly string[]): Promise<Map<string, Tally[]>> {
    const ids = (await changedLeads(reader, CHANGES_AWAITED)).slice(0, LEADS_AWAITED);
    if (ids.length === 0) return readFigures(reader, names);
    const before: string[] = [];
    const figures = await readFigures(reader, names, {
      sql: `SELECT CAST(counted AS text) FROM lead_figures WHERE lead_id IN (${marks(ids)})
        UNION ALL SELECT counted FROM leads WHERE lead_id IN (${marks(ids)}) AND counted IS NOT NULL`,
      params: [...ids, ...ids],
      take: (counted) => before.push(...(JSON.parse(counted) as string[])),
    });
    const after = [...(await readContributions(reader, ids)).values()].flat();
    const sums = new Map(
      [...figures].map(([figure, tallies]) => [
        figure,
        new Map(tallies.map(({ key, n }) => [JSON.stringify(key), n] as const)),
      ]),
    );
    for (const { figure, key, n } of [...changesBetween(before, []), ...changesBetween([], after)]) {
      const sum = sums.get(figure);
      sum?.set(key, (sum.get(key) ?? 0) + n);
    }
    return new Map(
      [...sums].map(([figure, sum]) => [
        figure,
        [...sum].filter(([, n]) => n !== 0).map(([key, n]) => ({ key: JSON.parse(key) as (string | null)[], n })),
      ]),
    );
  }

  /** Whether more leads have changed than `read` takes into account: then `FigureKeeper.settle` comes first. */
  async isBehind(reader: Reader): Promise<boolean> {
    return hasChangedLeads(reader, LEADS_AWAITED);
  }
}

/**
 * Bernoulli evidence: distinct leads that met the thing, and those of them that answered well (positive,
 * callback_requested).
 */
export interface Trials {
  readonly trials: number;
  readonly successes: number;
}

/** Of how many leads how many did well, by what the two figures are counted by. */
export function trialsBy(
  tried: readonly Tally[],
  well: readonly Tally[],
): { readonly key: Tally['key']; readonly trials: Trials }[] {
  const successes = new Map(well.map(({ key, n }) => [JSON.stringify(key), n]));
  return tried.map(({ key, n }) => ({
    key,
    trials: { trials: n, successes: successes.get(JSON.stringify(key)) ?? 0 },
  }));
}
