interface Entry<J> {
  readonly job: J;
  readonly first: number;
  readonly second: number;
}

/**
 * Jobs in order of two numbers, smallest first. A job that is added again, or leaves the state that it was added for,
 * leaves its old entry behind, which is skipped once it comes to the top.
 */
export class JobHeap<J extends { entry: unknown }> {
  private readonly entries: Entry<J>[] = [];

  /** @param isIn whether a job still belongs here */
  constructor(private readonly isIn: (job: J) => boolean) {}

  add(job: J, first: number, second: number): void {
    const entry = { job, first, second };
    job.entry = entry;
    this.entries.push(entry);
    this.rise(this.entries.length - 1);
  }

  peek(): { job: J; first: number } | undefined {
    for (;;) {
      const top = this.entries[0];
      if (!top || this.isHeld(top)) return top;
      this.removeTop();
    }
  }

  take(): J | undefined {
    const top = this.peek();
    if (top) this.removeTop();
    return top?.job;
  }

  /** All jobs, in order. */
  list(): J[] {
    return this.entries
      .filter((entry) => this.isHeld(entry))
      .sort(compare)
      .map(({ job }) => job);
  }

  private isHeld(entry: Entry<J>): boolean {
    return entry.job.entry === entry && this.isIn(entry.job);
  }

  private removeTop(): void {
    const last = this.entries.pop()!;
    if (this.entries.length === 0) return;
    this.entries[0] = last;
    this.sink(0);
  }

  private rise(index: number): void {
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (compare(this.entries[parent]!, this.entries[index]!) <= 0) return;
      this.swap(index, parent);
      index = parent;
    }
  }

  private sink(index: number): void {
    for (;;) {
      let least = index;
      for (const child of [2 * index + 1, 2 * index + 2]) {
        if (child < this.entries.length && compare(this.entries[child]!, this.entries[least]!) < 0) least = child;
      }
      if (least === index) return;
      this.swap(index, least);
      index = least;
    }
  }

  private swap(one: number, other: number): void {
    [this.entries[one], this.entries[other]] = [this.entries[other]!, this.entries[one]!];
  }
}

const compare = (one: Entry<unknown>, other: Entry<unknown>): number =>
  one.first - other.first || one.second - other.second;
