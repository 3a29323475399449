import { type Command, InvalidArgumentError } from 'commander';
import { progressBar } from './progress-bar.js';
import { textTable } from './text-table.js';

interface GenerateFlags {
  readonly leads: number;
  readonly seed: number;
  readonly out: string;
  readonly end?: string;
  readonly days: number;
  readonly json?: boolean;
}

const HELP = `
Leads differ in propensity, variants and channels in effect by persona, and spend has diminishing returns;
ground_truth.json, written beside the 18 files, says how. The same options give the same bytes. Files of the
same names in the folder are overwritten. Addresses are at example.com, phone numbers in the fictional range.`;

export function register(program: Command): void {
  program
    .command('generate')
    .description('write an invented data set: the same 18 files, and the truth behind them')
    .requiredOption('--out <folder>', 'where to write the files')
    .option('--leads <n>', 'how many leads', wholeNumber(1, 5_000_000), 5000)
    .option('--seed <n>', 'which world', wholeNumber(0, Number.MAX_SAFE_INTEGER), 1)
    .option('--end <day>', 'the last day, YYYY-MM-DD (default: yesterday, UTC)', day)
    .option('--days <n>', 'how many days', wholeNumber(14, 3650), 120)
    .option('--json', 'print the row counts as JSON')
    .addHelpText('after', HELP)
    .action(generate);
}

async function generate({ out, leads, seed, days, json, end }: GenerateFlags): Promise<void> {
  const [{ generateDataset, lastFullDay }, { SystemClock }] = await Promise.all([
    import('../dataset/index.js'),
    import('../config/index.js'),
  ]);
  const bar = await progressBar(leads, 'generating [{bar}] {percentage}%', json);
  try {
    const report = await generateDataset(out, {
      leads,
      seed,
      days,
      end: end ?? lastFullDay(new SystemClock().now()),
      onProgress: (done) => bar.update(done),
    });
    bar.stop();
    const text = `${textTable(['file', 'rows'], Object.entries(report.rows))}\n\n${report.start} to ${report.end}, written to ${out}`;
    process.stdout.write(`${json ? JSON.stringify({ folder: out, ...report }, null, 2) : text}\n`);
  } finally {
    bar.stop();
  }
}

function wholeNumber(min: number, max: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`must be a whole number from ${min} to ${max}`);
  };
}

function day(value: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(value)) throw new InvalidArgumentError('must be a day, YYYY-MM-DD');
  return value;
}
