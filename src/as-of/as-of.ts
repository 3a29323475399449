import { Injectable } from '@nestjs/common';
import { Clock } from '../config/index.js';
import { Database, type Reader, UnitOfWork } from '../database/index.js';
import { parseDay } from './parse-day.js';
import { StatedDay } from './stated-day.entity.js';

const NAME = 'history';

/**
 * The moment that facts are looked at: the clock's now, or, for a history from the past, the end of a stated day.
 * Nothing is inferred from the data. What is planned, sent and due goes by the clock in either case.
 */
@Injectable()
export class AsOf {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** @param now the clock's now, ISO instant @returns the moment that counts in its place */
  async momentOf(now: string, reader: Reader = this.database): Promise<string> {
    return (await this.stated(reader)) ?? now;
  }

  /** The stated moment; null while the clock counts. */
  async stated(reader: Reader = this.database): Promise<string | null> {
    return (await reader.of(StatedDay).get(NAME))?.moment ?? null;
  }

  /**
   * Has everything looked at as of the end of a day from now on, by every process on this database.
   * @param day YYYY-MM-DD (UTC), or `now` to go by the clock again
   * @returns the moment stated, or null for the clock's
   * @throws AppError invalid when the day is none, or in the future
   */
  async state(day: string): Promise<string | null> {
    const now = this.clock.iso();
    const moment = day === 'now' ? null : parseDay(day, now);
    await this.unitOfWork.run(async (unit) => {
      if (moment === null) await unit.of(StatedDay).delete({ name: NAME });
      else await unit.of(StatedDay).upsert({ name: NAME, moment, stated_at: now });
    });
    return moment;
  }
}
