import type { DueJob } from './outbox-ledger.js';

interface Line {
  /** Jobs that wait for a worker of their topic to be free. */
  waiting: DueJob[];
  /** Entries that the queue holds or that are worked on. */
  entries: number;
  /** All jobs that are waiting or in an entry. */
  held: Set<string>;
}

export interface CarrierOptions {
  /** How many entries of a topic may be out at once, and how many jobs fit into one. */
  limitsOf(topic: string): { entries: number; jobs: number };
  add(topic: string, entries: readonly (readonly DueJob[])[]): Promise<void>;
}

/**
 * Carries jobs to a queue that only this process uses. While a topic's workers are busy its jobs wait here, and then
 * go together: a job that comes alone starts at once, and many share one entry.
 */
export class InProcessCarrier {
  private readonly lines = new Map<string, Line>();

  constructor(private readonly options: CarrierOptions) {}

  /** How many jobs of the topic are under way. */
  held(topic: string): number {
    return this.lines.get(topic)?.held.size ?? 0;
  }

  /** Takes jobs that it does not hold already. */
  async enqueue(topic: string, jobs: readonly DueJob[]): Promise<void> {
    const line = this.lineOf(topic);
    for (const job of jobs) {
      if (line.held.has(job.jobId)) continue;
      line.held.add(job.jobId);
      line.waiting.push(job);
    }
    await this.send(topic, line);
  }

  /** Told when jobs have been settled or given back. */
  settled(topic: string, jobIds: readonly string[]): void {
    const { held } = this.lineOf(topic);
    for (const jobId of jobIds) held.delete(jobId);
  }

  /** Told when an entry has been worked through. */
  async entryEnded(topic: string): Promise<void> {
    const line = this.lineOf(topic);
    line.entries--;
    await this.send(topic, line);
  }

  /** Takes back all that the queue has not got yet. */
  giveUp(): string[] {
    const waiting = [...this.lines.values()].flatMap((line) => line.waiting.splice(0));
    return waiting.map(({ outboxId }) => outboxId);
  }

  private async send(topic: string, line: Line): Promise<void> {
    const { entries, jobs } = this.options.limitsOf(topic);
    const list: DueJob[][] = [];
    while (line.waiting.length > 0 && line.entries + list.length < entries) list.push(nextEntry(line.waiting, jobs));
    if (list.length === 0) return;
    line.entries += list.length;
    await this.options.add(topic, list);
  }

  private lineOf(topic: string): Line {
    let line = this.lines.get(topic);
    if (!line) this.lines.set(topic, (line = { waiting: [], entries: 0, held: new Set() }));
    return line;
  }
}

/** A job that failed before goes alone: one that takes the process down is not to count against its neighbours. */
function nextEntry(waiting: DueJob[], most: number): DueJob[] {
  let count = 1;
  if (waiting[0]!.isFirstTry) while (count < most && waiting[count]?.isFirstTry) count++;
  return waiting.splice(0, count);
}
