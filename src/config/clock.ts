/** The one source of time. Code that needs the hour asks for it, so that a test or a replay can fix it. */
export abstract class Clock {
  abstract now(): Date;

  /** Now as ISO-8601 UTC with milliseconds, the form in which rows and wire keep time. */
  iso(): string {
    return this.now().toISOString();
  }
}

/**
 * The time of the world outside, by which tokens, sessions, limits of requests and signatures run. The same as `Clock`
 * but where that one is moved by hand.
 */
export abstract class WallClock extends Clock {}

export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }
}

/** A clock that stands still until it is moved. */
export class FixedClock extends Clock {
  private time: number;

  constructor(start: string | Date) {
    super();
    this.time = new Date(start).getTime();
  }

  now(): Date {
    return new Date(this.time);
  }

  advance(milliseconds: number): void {
    this.time += milliseconds;
  }

  set(instant: string | Date): void {
    this.time = new Date(instant).getTime();
  }
}
