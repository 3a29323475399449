/** Lets a few pieces of work run at once and a few more wait their turn. */
export class Turnstile {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /** @param refuse makes the error for those who come when the queue is full */
  constructor(
    private readonly atOnce: number,
    private readonly waitingAtMost: number,
    private readonly refuse: () => Error,
  ) {}

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < this.atOnce) this.running++;
    else if (this.waiting.length < this.waitingAtMost) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else throw this.refuse();
    try {
      return await work();
    } finally {
      // a turn passes straight to the next in line, so that nobody slips in between
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }
}
