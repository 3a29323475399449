import type { FileHandle } from 'node:fs/promises';
import type { CsvProblem, CsvRecord } from './csv-rows.js';
import { excerpt, REFUSALS_KEPT, type FileReport, type Refusal } from './import-report.js';
import type { RowParser, StoredRow } from './row-parser.js';

/** One file on its way in: its counts, its refusals, its line. */
export class FileRun {
  /** The line on which the last record taken started. */
  line = 1;
  private headerIsPast = false;
  private unwritten: Refusal[] = [];

  /**
   * @param refusalsFile takes every refusal; the report keeps the first hundred
   * @param linesDone rows up to this line went in by an earlier run
   */
  constructor(
    readonly report: FileReport,
    private readonly refusalsFile: FileHandle | undefined,
    private readonly linesDone: number,
  ) {}

  withoutHeader(records: (CsvRecord | CsvProblem)[]): (CsvRecord | CsvProblem)[] {
    if (this.headerIsPast || records.length === 0) return records;
    this.headerIsPast = true;
    return records.slice(1);
  }

  /** The row to be written, if the record is one and is not in the database by an earlier run. */
  take(record: CsvRecord | CsvProblem, parser: RowParser): StoredRow | undefined {
    this.line = record.line;
    this.report.rows_read++;
    if ('problem' in record) {
      this.refuse({ line: record.line, reason: record.problem, value: record.excerpt });
      return undefined;
    }
    const { row, refused } = parser.parse(record.cells);
    if (refused) {
      this.refuse({ line: record.line, ...refused });
      return undefined;
    }
    if (record.line > this.linesDone) return row;
    this.report.rows_present++;
    return undefined;
  }

  async writeRefusals(): Promise<void> {
    if (!this.refusalsFile || this.unwritten.length === 0) return;
    const lines = this.unwritten.map((refusal) => `${JSON.stringify(refusal)}\n`).join('');
    this.unwritten = [];
    await this.refusalsFile.writeFile(lines);
  }

  private refuse(found: Omit<Refusal, 'file'>): void {
    const refusal: Refusal = { file: this.report.file, ...found, value: excerpt(found.value) };
    this.report.rows_refused++;
    if (this.report.refusals.length < REFUSALS_KEPT) this.report.refusals.push(refusal);
    if (this.refusalsFile) this.unwritten.push(refusal);
  }
}
