import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import BetterSqlite3 from 'better-sqlite3';
import { ServerProcess } from './server-process.js';

export const SERVER_MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const CLI_MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
/** Beside the repository; where it is absent, generated files of the same shape take its place. */
const REAL_FILES = resolve('../shared/data/marketing_v1');
const LARGEST_OUTPUT = 64 * 2 ** 20;

const execute = promisify(execFile);

export interface CliRun<T> {
  /** Wall time of the whole process. */
  readonly seconds: number;
  /** What it printed with --json. */
  readonly answer: T;
}

/** The data that benches work on, in a temporary folder that goes away at the end. */
export class BenchData {
  readonly folder = mkdtempSync(join(tmpdir(), 'herald-bench-'));
  private template: Promise<string> | undefined;
  private files: Promise<string> | undefined;
  private sample: Promise<string> | undefined;
  private copies = 0;

  constructor(private readonly say: (line: string) => void) {}

  /** The folder with the 18 files. */
  csvFiles(): Promise<string> {
    return (this.files ??= existsSync(REAL_FILES) ? Promise.resolve(REAL_FILES) : this.generateFiles());
  }

  /** An empty place for a data folder. */
  freshFolder(): string {
    return join(this.folder, `data-${++this.copies}`);
  }

  /** A data folder of its own with the files imported, all 5,000 leads in state New, the admin and an empty queue. */
  async importedFolder(): Promise<string> {
    const copy = this.freshFolder();
    cpSync(await (this.template ??= this.makeTemplate()), copy, { recursive: true });
    return copy;
  }

  /**
   * The database file after Herald has triaged some hundred leads and their handoffs have run: the pattern of what the
   * bare limits write.
   */
  workedOn(): Promise<string> {
    return (this.sample ??= this.workOnSome());
  }

  remove(folder: string): void {
    rmSync(folder, { recursive: true, force: true });
  }

  removeAll(): void {
    this.remove(this.folder);
  }

  private async generateFiles(): Promise<string> {
    this.say(`no data at ${REAL_FILES}: generated files are used instead`);
    const out = join(this.folder, 'files');
    await herald(['generate', '--leads', '5000', '--seed', '1', '--end', '2026-01-31', '--out', out], this.folder);
    return out;
  }

  private async workOnSome(): Promise<string> {
    this.say('working on some leads: the bare limits write rows of the same size');
    const folder = await this.importedFolder();
    const database = new BetterSqlite3(databaseFile(folder));
    database.exec(
      `UPDATE leads SET lead_status = 'Contacted', flow_state = 'closed' WHERE lead_id NOT IN (SELECT lead_id FROM leads LIMIT ${SAMPLE_LEADS})`,
    );
    database.close();
    await herald(['run'], folder);
    return databaseFile(folder);
  }

  private async makeTemplate(): Promise<string> {
    this.say('preparing the imported data');
    const dataDir = join(this.folder, 'template');
    await herald(['import', await this.csvFiles()], dataDir);
    const server = await ServerProcess.start({ main: SERVER_MAIN, dataDir });
    await server.stop();
    const database = new BetterSqlite3(databaseFile(dataDir));
    database.exec(`UPDATE leads SET lead_status = 'New', flow_state = 'new', triage_category = NULL`);
    database.close();
    return dataDir;
  }
}

/** Leads whose rows the bare limits go by. */
const SAMPLE_LEADS = 300;

export function databaseFile(dataDir: string): string {
  return join(dataDir, 'herald.sqlite');
}

/** Runs `herald … --json` on a data folder. */
export async function herald<T>(args: readonly string[], dataDir: string): Promise<CliRun<T>> {
  const started = performance.now();
  const { stdout } = await execute(process.execPath, [CLI_MAIN, ...args, '--json'], {
    env: { PATH: process.env.PATH, HERALD_DATA_DIR: dataDir, HERALD_DEMO: '0', LOG_LEVEL: 'error' },
    maxBuffer: LARGEST_OUTPUT,
  });
  return { seconds: (performance.now() - started) / 1000, answer: JSON.parse(stdout) as T };
}
