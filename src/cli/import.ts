import type { Command } from 'commander';
import type { FileReport, ImportReport } from '../dataset/import/index.js';
import { openContext } from './app-context.js';
import { progressBar } from './progress-bar.js';
import { textTable } from './text-table.js';

interface ImportFlags {
  readonly json?: boolean;
  readonly force?: boolean;
  readonly refusals?: string;
  readonly asOf?: string;
  readonly shiftDates?: boolean;
}

const HELP = `
Rows that are in the database already stay as they are, so running it again changes nothing; after an
interruption it goes on where it stopped. A bad row is refused with its line and reason while the rest
goes in; a file with a wrong set of columns is refused as a whole.

Exit code: 0 when every file that is there went in (some of its rows may be refused), 2 when a file was
refused, 1 when the import could not be done, 130 when it was interrupted.`;

export function register(program: Command): void {
  program
    .command('import')
    .description('take the 18 files of the marketing data set into the database')
    .argument('<folder>', 'the folder with the CSV files')
    .option('--json', 'print the report as JSON')
    .option('--force', 'read files again that went in whole before')
    .option('--refusals <file>', 'write every refused row to this file, one JSON object a line')
    .option('--as-of <day>', 'look at the data as of the end of this day, YYYY-MM-DD (kept; "now" ends it)')
    .option('--shift-dates', 'move all times by whole weeks, so that the history ends in the last week')
    .addHelpText('after', HELP)
    .action(importFolder);
}

async function importFolder(folder: string, flags: ImportFlags): Promise<void> {
  // the importer and the database, and nothing else of the server, which takes a second to load
  const { DatasetImporter, ImportModule } = await import('../dataset/import/index.js');
  const context = await openContext({ queue: 'detached', of: [ImportModule] });
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once('SIGINT', interrupt);
  const bar = await progressBar(100, 'importing [{bar}] {percentage}% {label}', flags.json);
  try {
    const report = await context
      .get(DatasetImporter)
      .import(folder, {
        force: flags.force,
        refusalsFile: flags.refusals,
        shiftDates: flags.shiftDates,
        asOf: flags.asOf,
        signal: stop.signal,
        onProgress: ({ file, bytesDone, bytesTotal }) => bar.update((100 * bytesDone) / Math.max(bytesTotal, 1), file),
      });
    bar.stop();
    process.stdout.write(`${flags.json ? JSON.stringify(report, null, 2) : describe(report)}\n`);
    if (report.files_refused > 0) process.exitCode = 2;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    process.stderr.write('interrupted; run it again to go on\n');
    process.exitCode = 130;
  } finally {
    bar.stop();
    process.off('SIGINT', interrupt);
    await context.close();
  }
}

function describe(report: ImportReport): string {
  const rows = report.files.map(({ file, rows_read, rows_inserted, rows_present, rows_refused, status, reason }) => [
    file,
    rows_read,
    rows_inserted,
    rows_present,
    rows_refused,
    describeStatus(status, reason),
  ]);
  rows.push([
    'all files',
    report.rows_read,
    report.rows_inserted,
    report.rows_present,
    report.rows_refused,
    `${(report.duration_ms / 1000).toFixed(1)} s`,
  ]);
  const table = [
    textTable(['file', 'rows read', 'new', 'already there', 'refused', ''], rows),
    ...describeHistory(report),
  ].join('\n\n');
  const refusals = report.files.flatMap(describeRefusals);
  return refusals.length === 0 ? table : `${table}\n\nRefused rows:\n${refusals.join('\n')}`;
}

function describeHistory({ history }: ImportReport): string[] {
  const { shifted_days: days, as_of: asOf, advice } = history;
  return [
    ...(days === 0 ? [] : [`All times were moved by ${days} days.`]),
    ...(asOf === null ? [] : [`The data is looked at as of ${asOf}.`]),
    ...(advice === null ? [] : [advice]),
  ];
}

function describeStatus(status: FileReport['status'], reason: string | undefined): string {
  if (status === 'imported') return '';
  return reason ? `${status}: ${reason}` : status;
}

function describeRefusals({ refusals, rows_refused }: FileReport): string[] {
  const lines = refusals.map(({ file, line, column, reason, value }) => {
    return `  ${file}:${line}: ${column ? `${column} ` : ''}${reason} (${JSON.stringify(value)})`;
  });
  const more = rows_refused - refusals.length;
  return more > 0
    ? [...lines, `  … and ${more.toLocaleString('en-US')} more (--refusals <file> lists them all)`]
    : lines;
}
