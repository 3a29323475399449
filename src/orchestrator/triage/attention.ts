import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/index.js';
import type { Unit } from '../../database/index.js';
import { AttentionDay } from './attention-day.entity.js';

/** A lead in doubt, and what a wrong way would cost. */
export interface Doubt {
  readonly lead_id: string;
  readonly at_stake_usd: number;
}

/**
 * The attention that people have for doubtful leads: so many a day (UTC, by the clock), those first where a wrong way
 * would cost most.
 */
@Injectable()
export class Attention {
  constructor(private readonly settings: Settings) {}

  /** Whether some is left of the day, as far as the unit sees. */
  async isLeft(unit: Unit, now: string): Promise<boolean> {
    const { attentionPerDay } = this.settings;
    return ((await unit.of(AttentionDay).get(now.slice(0, 10)))?.used ?? 0) < attentionPerDay;
  }

  /**
   * Takes what is left of the day for the doubts where most is at stake, and counts it in the unit. Units that ask at
   * once wait for each other, but only while something is left.
   * @returns the leads that a person will look at
   */
  async take(unit: Unit, doubts: readonly Doubt[], now: string): Promise<ReadonlySet<string>> {
    const { attentionPerDay } = this.settings;
    const day = now.slice(0, 10);
    if (doubts.length === 0) return new Set();
    await unit.of(AttentionDay).insertNew({ day, used: 0 });
    const [today] = await unit.of(AttentionDay).find({ day }, { lock: true });
    const taken = [...doubts]
      .sort((a, b) => b.at_stake_usd - a.at_stake_usd || (a.lead_id < b.lead_id ? -1 : 1))
      .slice(0, Math.max(0, attentionPerDay - today!.used));
    await unit.of(AttentionDay).update({ day }, { used: today!.used + taken.length });
    return new Set(taken.map(({ lead_id }) => lead_id));
  }
}
