import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { FixedClock } from './clock.js';

/**
 * The clock of a server that is tested from outside: it stands still until it is moved, and a process that is started
 * again goes on from where the one before had come.
 */
export class TestClock extends FixedClock {
  /**
   * @param start where it stands at first
   * @param file keeps how far it has come; a time in it that is later than `start` counts
   */
  constructor(
    start: string,
    private readonly file: string,
  ) {
    super(laterOf(start, reachedIn(file)));
  }

  /** Moves it on, and notes that before anything is done at the new time. */
  override set(instant: string | Date): void {
    super.set(instant);
    writeFileSync(`${this.file}.new`, this.iso());
    renameSync(`${this.file}.new`, this.file);
  }
}

const laterOf = (start: string, reached: string | undefined): string =>
  reached !== undefined && Date.parse(reached) > Date.parse(start) ? reached : start;

function reachedIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
