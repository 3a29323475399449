import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';

export interface RunningJobs {
  topic: string;
  jobIds: readonly string[];
}

/**
 * What this process has under way, in a small file that outlives a kill, so that a job which takes the process down
 * each time comes to the end of its tries. It is written without a sync: after a power cut the outbox has it all, but
 * for one count of tries.
 */
export class RunningJobsFile {
  /** What was under way when the last process ended without a good-bye. */
  readonly interrupted: readonly RunningJobs[];
  private readonly running = new Set<RunningJobs>();
  private readonly file: number;

  constructor(private readonly path: string) {
    this.interrupted = read(path);
    this.file = openSync(path, 'w');
  }

  /** @returns the function that says that they have ended */
  note(jobs: RunningJobs): () => void {
    this.running.add(jobs);
    this.write();
    return () => {
      this.running.delete(jobs);
      this.write();
    };
  }

  close(): void {
    closeSync(this.file);
    if (this.running.size === 0) rmSync(this.path, { force: true });
  }

  /** What an earlier, longer text leaves behind the line's end does not count. */
  private write(): void {
    writeSync(this.file, `${JSON.stringify([...this.running])}\n`, 0);
  }
}

function read(path: string): RunningJobs[] {
  try {
    return JSON.parse(readFileSync(path, 'utf8').split('\n')[0] || '[]') as RunningJobs[];
  } catch {
    return [];
  }
}
