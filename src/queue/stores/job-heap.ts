import type { StoredJob } from './in-process-queue.js';

interface Place {
  readonly job: StoredJob;
  readonly first: number;
  readonly second: number;
}

/**
 * Jobs in order of two numbers, smallest first. A job that is added again, or leaves the state that it was added for,
 * leaves its old place behind, which is skipped once it comes to the top.
 */
export class JobHeap {
  private places: Place[] = [];

  /** @param isIn whether a job still belongs here */
  constructor(private readonly isIn: (job: StoredJob) => boolean) {}

  add(job: StoredJob, first: number, second: number): void {
    const place = { job, first, second };
    job.place = place;
    this.places.push(place);
    this.rise(this.places.length - 1);
  }

  peek(): { job: StoredJob; first: number } | undefined {
    for (;;) {
      const top = this.places[0];
      if (!top || this.isHeld(top)) return top;
      this.removeTop();
    }
  }

  take(): StoredJob | undefined {
    const top = this.peek();
    if (top) this.removeTop();
    return top?.job;
  }

  /** All jobs, in order. */
  list(): StoredJob[] {
    return this.places
      .filter((place) => this.isHeld(place))
      .sort(compare)
      .map(({ job }) => job);
  }

  private isHeld(place: Place): boolean {
    return place.job.place === place && this.isIn(place.job);
  }

  private removeTop(): void {
    const last = this.places.pop()!;
    if (this.places.length === 0) return;
    this.places[0] = last;
    this.sink(0);
  }

  private rise(index: number): void {
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (compare(this.places[parent]!, this.places[index]!) <= 0) return;
      this.swap(index, parent);
      index = parent;
    }
  }

  private sink(index: number): void {
    for (;;) {
      let least = index;
      for (const child of [2 * index + 1, 2 * index + 2]) {
        if (child < this.places.length && compare(this.places[child]!, this.places[least]!) < 0) least = child;
      }
      if (least === index) return;
      this.swap(index, least);
      index = least;
    }
  }

  private swap(one: number, other: number): void {
    [this.places[one], this.places[other]] = [this.places[other]!, this.places[one]!];
  }
}

const compare = (one: Place, other: Place): number => one.first - other.first || one.second - other.second;
