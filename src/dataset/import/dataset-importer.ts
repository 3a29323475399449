import { open, type FileHandle } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { AsOf } from '../../as-of/index.js';
import { CLOCK_SKEW_MS, Clock } from '../../config/index.js';
import { isMachineMade } from '../../crm/index.js';
import { BulkInsert, Database, UnitOfWork } from '../../database/index.js';
import { csvRecords } from './csv-rows.js';
import { flowStateOfStatus } from '../../vocabulary/index.js';
import { datasetFile, type DatasetFile, type TableName } from '../dataset-files.js';
import { FileRun } from './file-run.js';
import { findFiles, fingerprintOf, type FoundFile } from './find-files.js';
import { ImportFile } from './import-file.entity.js';
import { adviceOnHistory, type HistoryReport, summarize, type FileReport, type ImportReport } from './import-report.js';
import { HISTORY_COLUMNS, endOfHistory } from './end-of-history.js';
import { daysToShift } from './shift-dates.js';
import { RowParser, type KnownKeys, type StoredRow } from './row-parser.js';

export interface ImportProgress {
  readonly file: string;
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

export interface ImportOptions {
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Stops before the next chunk is written; running the import again goes on from there. */
  readonly signal?: AbortSignal;
  /** Reads files again that went in whole before. */
  readonly force?: boolean;
  /** Writes every refusal as a line of JSON to this file; the report keeps the first hundred of each file. */
  readonly refusalsFile?: string;
  /** Moves all times by whole weeks, so that the history's end falls into the last week before now. */
  readonly shiftDates?: boolean;
  /** The day that the data is looked at as of from now on, YYYY-MM-DD; `now` for the clock's. */
  readonly asOf?: string;
}

/** What the import of one file needs besides the file. */
interface FileJob {
  readonly file: FoundFile;
  readonly report: FileReport;
  readonly refusals: FileHandle | undefined;
  readonly options: ImportOptions;
  readonly shiftedDays: number;
  readonly tellProgress: (bytesRead: number) => void;
  /** Of the tables that files have referred to so far. */
  readonly knownKeys: Map<TableName, ReadonlySet<string>>;
}

/** A unit keeps other writers waiting for less than a tenth of a second. */
const ROWS_PER_UNIT = 2_000;

/**
 * Takes the data set's files into the database. Rows that exist stay as they are, so that running it again changes
 * nothing and never undoes what Herald changed since. A bad row is refused with its line and reason while the rest
 * goes in.
 */
@Injectable()
export class DatasetImporter {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly asOf: AsOf,
    private readonly clock: Clock,
  ) {}

  /**
   * Imports a folder. All headers are checked before anything is written; a file with a wrong one is refused as a
   * whole.
   * @throws AppError (invalid) when the folder holds none of the 18 files; the signal's reason when it is stopped
   */
  async import(folder: string, options: ImportOptions = {}): Promise<ImportReport> {
    const started = performance.now();
    const { reports, found } = await findFiles(folder);
    const shiftedDays = options.shiftDates ? await this.daysToShift(found, options.signal) : 0;
    if (options.asOf !== undefined) await this.asOf.state(options.asOf);
    const bytesTotal = found.reduce((sum, { bytes }) => sum + bytes, 0);
    const refusals = options.refusalsFile === undefined ? undefined : await open(options.refusalsFile, 'w');
    try {
      let bytesBefore = 0;
      const knownKeys = new Map<TableName, ReadonlySet<string>>();
      for (const file of found) {
        const report = reports.find((candidate) => candidate.file === file.spec.file)!;
        const tellProgress = (bytesRead: number): void =>
          options.onProgress?.({ file: file.spec.file, bytesDone: bytesBefore + bytesRead, bytesTotal });
        await this.importFile({ file, report, refusals, options, shiftedDays, tellProgress, knownKeys });
        bytesBefore += file.bytes;
      }
    } finally {
      await refusals?.close();
    }
    return summarize(folder, reports, await this.history(shiftedDays), performance.now() - started);
  }

  private async importFile({
    file,
    report,
    refusals,
    options,
    shiftedDays,
    tellProgress,
    knownKeys,
  }: FileJob): Promise<void> {
    const { spec, path, header, bytes } = file;
    const { signal, force } = options;
    const fingerprint = await fingerprintOf(path);
    const checkpoint = force ? undefined : await this.database.of(ImportFile).get(`${spec.file}:${fingerprint}`);
    // a file with refused rows is read again: what they lacked may be there now
    if (checkpoint?.status === 'done' && checkpoint.rows_refused === 0) {
      Object.assign(report, {
        status: 'unchanged',
        rows_read: checkpoint.rows_read,
        rows_present: checkpoint.rows_read,
      });
      tellProgress(bytes);
      return;
    }
    const run = new FileRun(report, refusals, checkpoint?.status === 'running' ? checkpoint.lines_done : 0);
    const parser = new RowParser(spec, header, await this.addKnownKeys(spec, knownKeys), shiftedDays, this.latest());
    const target = targetOf(spec, parser.names);
    let chunk: StoredRow[] = [];
    for await (const { records, bytesRead } of csvRecords(path, signal)) {
      for (const record of run.withoutHeader(records)) {
        const row = run.take(record, parser);
        if (row) chunk.push(row);
        if (chunk.length < ROWS_PER_UNIT) continue;
        signal?.throwIfAborted();
        await this.write(target, run, { fingerprint, shiftedDays, status: 'running' }, chunk);
        chunk = [];
      }
      tellProgress(bytesRead);
    }
    signal?.throwIfAborted();
    await this.write(target, run, { fingerprint, shiftedDays, status: 'done' }, chunk);
  }

  /** Files that are taken in later are moved as far as the first ones were, so that their rows fit together. */
  private async daysToShift(found: readonly FoundFile[], signal?: AbortSignal): Promise<number> {
    const moved = (await this.database.of(ImportFile).find({})).find(({ shifted_days: days }) => days !== 0);
    if (moved) return moved.shifted_days;
    const end = await endOfHistory(found, signal);
    return end === null ? 0 : daysToShift(end, this.clock.iso());
  }

  /** Clocks of others may run ahead of ours a little. */
  private latest(): string {
    return new Date(this.clock.now().getTime() + CLOCK_SKEW_MS).toISOString();
  }

  private async history(shiftedDays: number): Promise<HistoryReport> {
    let end: string | null = null;
    for (const [table, column] of HISTORY_COLUMNS) {
      const [latest] = await this.database.query(`SELECT MAX("${column}") AS at FROM "${table}"`);
      if (typeof latest?.at === 'string' && (end === null || latest.at > end)) end = latest.at;
    }
    const history = { ends_at: end, shifted_days: shiftedDays, as_of: await this.asOf.stated() };
    return { ...history, advice: adviceOnHistory(history, this.clock.iso()) };
  }

  /** Writes a chunk together with how far the file has come. */
  private async write(
    { file, insert, complete }: Target,
    run: FileRun,
    { fingerprint, shiftedDays, status }: { fingerprint: string; shiftedDays: number; status: 'running' | 'done' },
    rows: readonly StoredRow[],
  ): Promise<void> {
    const { report } = run;
    const checkpoint: ImportFile = {
      import_id: `${file}:${fingerprint}`,
      file,
      fingerprint,
      lines_done: run.line,
      status,
      rows_read: report.rows_read,
      rows_refused: report.rows_refused,
      shifted_days: shiftedDays,
      updated_at: this.clock.iso(),
    };
    const inserted = await this.unitOfWork.run(async (unit) => {
      await unit.of(ImportFile).upsert(checkpoint);
      return insert.into(unit, complete ? rows.map(complete) : rows);
    });
    report.rows_inserted += inserted;
    report.rows_present += rows.length - inserted;
    await run.writeRefusals();
  }

  /**
   * The keys of the tables that the file's columns refer to: those in the database, where the parents went in before.
   */
  private async addKnownKeys({ columns }: DatasetFile, known: Map<TableName, ReadonlySet<string>>): Promise<KnownKeys> {
    for (const table of new Set(columns.flatMap(({ references }) => references ?? []))) {
      if (known.has(table)) continue;
      const rows = await this.database.query(`SELECT "${datasetFile(table).key[0]}" AS id FROM "${table}"`);
      known.set(table, new Set(rows.map(({ id }) => id as string)));
    }
    return known;
  }
}

/** Where a file's rows go. */
interface Target {
  readonly file: string;
  readonly insert: BulkInsert;
  /** Adds what the file does not say. */
  readonly complete: ((row: StoredRow) => StoredRow) | undefined;
}

/** Most interactions do not say who did them, and need not be read for it. */
function isMachine(metadata: unknown): boolean {
  const text = String(metadata);
  return text.includes('human_probability') && isMachineMade(JSON.parse(text) as Record<string, unknown>);
}

function targetOf({ file, table }: DatasetFile, names: readonly string[]): Target {
  if (table === 'campaign_daily') {
    // platforms restate their days: what changed takes the place of what was there, beside Herald's own counts
    return {
      file,
      insert: new BulkInsert(table, [...names, 'reported'], ['campaign_id', 'date']),
      complete: (row) => [...row, 'leads_created,conversions,revenue_usd'],
    };
  }
  if (table === 'interactions') {
    const metadata = names.indexOf('metadata_json');
    return {
      file,
      insert: new BulkInsert(table, [...names, 'is_machine']),
      complete: (row) => [...row, Number(isMachine(row[metadata]))],
    };
  }
  if (table !== 'leads') return { file, insert: new BulkInsert(table, names), complete: undefined };
  // the data set says how far a lead has come, not where it stands in the flow
  const status = names.indexOf('lead_status');
  return {
    file,
    insert: new BulkInsert(table, [...names, 'flow_state']),
    complete: (row) => [...row, flowStateOfStatus(String(row[status]))],
  };
}
