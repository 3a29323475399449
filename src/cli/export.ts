import type { Command } from 'commander';
import { openAppContext } from './app-context.js';
import { textTable } from './text-table.js';

interface ExportFlags {
  readonly json?: boolean;
  readonly keys?: boolean;
}

const HELP = `
Importing the files into an empty database gives the same rows. Files of the same names in the folder are
overwritten. With --keys the files also carry the keys that Herald adds where the data set has none, so that
they can be imported into the database that they came from without doubling Herald's own rows.`;

export function register(program: Command): void {
  program
    .command('export')
    .description("write the database's rows as the 18 files of the marketing data set")
    .argument('<folder>', 'where to write the files')
    .option('--keys', 'also write the key columns that Herald adds')
    .option('--json', 'print the row counts as JSON')
    .addHelpText('after', HELP)
    .action(exportFolder);
}

async function exportFolder(folder: string, { keys, json }: ExportFlags): Promise<void> {
  const [context, { DatasetExporter }] = await Promise.all([
    openAppContext({ queue: 'detached' }),
    import('../dataset/index.js'),
  ]);
  try {
    const report = await context.get(DatasetExporter).exportDataset(folder, { withKeys: keys });
    const text = `${textTable(['file', 'rows'], Object.entries(report.rows))}\n\nwritten to ${folder}`;
    process.stdout.write(`${json ? JSON.stringify(report, null, 2) : text}\n`);
  } finally {
    await context.close();
  }
}
