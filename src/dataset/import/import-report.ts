/** A row, or a cell of it, that was not taken in. */
export interface Refusal {
  readonly file: string;
  /** The line of the file on which the record starts; the header is line 1. */
  readonly line: number;
  /** Missing when the record as a whole is refused. */
  readonly column?: string;
  readonly reason: string;
  /** At most 80 characters of what stands there. */
  readonly value: string;
}

export interface FileReport {
  readonly file: string;
  /**
   * `imported`: read to its end. `unchanged`: it went in whole before, and was skipped. `missing`: not in the folder.
   * `refused`: its header is wrong, so nothing of it was read; `reason` says why.
   */
  status: 'imported' | 'unchanged' | 'missing' | 'refused';
  reason?: string;
  rows_read: number;
  rows_inserted: number;
  /** Rows whose key was in the database before; they stay as they stand there. */
  rows_present: number;
  rows_refused: number;
  /** The first hundred of them. */
  refusals: Refusal[];
}

/** How the imported history stands to the clock. */
export interface HistoryReport {
  /** Its latest interaction, reported day, conversion or lead, as it stands in the database; null without any. */
  readonly ends_at: string | null;
  /** By how many days this import moved what it took in. */
  readonly shifted_days: number;
  /** The moment that the data is looked at as of, where a day is stated. */
  readonly as_of: string | null;
  /** What there is to do about a history that ends long ago, in words; null where nothing is. */
  readonly advice: string | null;
}

export interface ImportReport {
  readonly folder: string;
  readonly files: FileReport[];
  readonly rows_read: number;
  readonly rows_inserted: number;
  readonly rows_present: number;
  readonly rows_refused: number;
  readonly files_refused: number;
  readonly history: HistoryReport;
  readonly duration_ms: number;
}

export const REFUSALS_KEPT = 100;
const EXCERPT_LENGTH = 80;

export function excerpt(value: string): string {
  return value.length > EXCERPT_LENGTH ? `${value.slice(0, EXCERPT_LENGTH - 1)}…` : value;
}

export function newFileReport(file: string): FileReport {
  return { file, status: 'imported', rows_read: 0, rows_inserted: 0, rows_present: 0, rows_refused: 0, refusals: [] };
}

/** Older than this, silence since its end says more than the history itself. */
const OLD_AFTER_DAYS = 30;

/** @param now the clock's, ISO instant */
export function adviceOnHistory(
  { ends_at, as_of }: Pick<HistoryReport, 'ends_at' | 'as_of'>,
  now: string,
): string | null {
  if (ends_at === null || as_of !== null) return null;
  const day = ends_at.slice(0, 10);
  const days = Math.floor((Date.parse(now) - Date.parse(ends_at)) / 86_400_000);
  if (days <= OLD_AFTER_DAYS) return null;
  return `The history ends on ${day}, ${days} days ago. Judged by today's clock every lead has been silent since and no
campaign runs any more. Look at it as it was then: herald import <folder> --as-of ${day} (herald run
--as-of ${day} does it later, --as-of now ends it); or move it into a database of its own:
herald import <folder> --shift-dates.`;
}

export function summarize(
  folder: string,
  files: FileReport[],
  history: HistoryReport,
  durationMs: number,
): ImportReport {
  const sum = (key: 'rows_read' | 'rows_inserted' | 'rows_present' | 'rows_refused'): number =>
    files.reduce((total, file) => total + file[key], 0);
  return {
    folder,
    files,
    rows_read: sum('rows_read'),
    rows_inserted: sum('rows_inserted'),
    rows_present: sum('rows_present'),
    rows_refused: sum('rows_refused'),
    files_refused: files.filter(({ status }) => status === 'refused').length,
    history,
    duration_ms: Math.round(durationMs),
  };
}
