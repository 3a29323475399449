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

export interface ImportReport {
  readonly folder: string;
  readonly files: FileReport[];
  readonly rows_read: number;
  readonly rows_inserted: number;
  readonly rows_present: number;
  readonly rows_refused: number;
  readonly files_refused: number;
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

export function summarize(folder: string, files: FileReport[], durationMs: number): ImportReport {
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
    duration_ms: Math.round(durationMs),
  };
}
