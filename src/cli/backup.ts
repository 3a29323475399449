import { dirname } from 'node:path';
import type { Command } from 'commander';
import { Settings } from '../config/index.js';
import { progressBar } from './progress-bar.js';

const BACKUP_HELP = `
A server on the same data folder may be running: the copy is the state of one moment, and nobody waits for it. It
appears under its name when it is whole and checked; a former file of that name is then replaced. The secrets in
<data>/secrets are files of their own: copy that folder too.

Exit code: 0 when the copy is there, 2 when it fails the integrity check (the database itself is damaged then, and
nothing was replaced), 130 when it was interrupted, 1 when it could not be made.`;

const RESTORE_HELP = `
Stop Herald first; a database in use is refused. The database that was there stays beside it, as
herald.sqlite.before-restore, or before-restore.2 and so on where a former restore left one.

Exit code: 0 when the copy is in place, 2 when it is damaged or not Herald's, 1 when it could not be done.`;

export function register(program: Command): void {
  program
    .command('backup')
    .description('copy the SQLite database, also while a server uses it')
    .argument('<file>', 'the file to write')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', BACKUP_HELP)
    .action(backupTo);
  program
    .command('restore')
    .description('put a copy in the place of the SQLite database')
    .argument('<file>', 'a file that herald backup wrote')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', RESTORE_HELP)
    .action(restoreFrom);
}

async function backupTo(file: string, { json }: { json?: boolean }): Promise<void> {
  const source = sqliteFile('back it up with pg_dump');
  const { backUp, DamagedDatabaseError } = await import('../database/index.js');
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once('SIGINT', interrupt);
  const bar = await progressBar(100, 'copying [{bar}] {percentage}%', json);
  try {
    const report = await backUp(source, file, {
      signal: stop.signal,
      onProgress: (done, total) => bar.update((100 * done) / Math.max(total, 1)),
    });
    bar.stop();
    const megabytes = (report.bytes / 1024 / 1024).toFixed(1);
    process.stdout.write(
      json
        ? `${JSON.stringify(report, null, 2)}\n`
        : `${megabytes} MB written to ${file} in ${report.seconds} s, checked\n`,
    );
  } catch (error) {
    bar.stop();
    if (stop.signal.aborted) return end('interrupted; nothing was replaced', 130);
    if (error instanceof DamagedDatabaseError) return end(error.message, 2);
    throw error;
  } finally {
    process.off('SIGINT', interrupt);
  }
}

async function restoreFrom(file: string, { json }: { json?: boolean }): Promise<void> {
  const target = sqliteFile('restore it with pg_restore or psql');
  const { restore, DamagedDatabaseError } = await import('../database/index.js');
  const { lockFolder } = await import('../queue/index.js');
  // a server is known by this lock also where the database is too damaged to tell who has it open
  const unlock = lockFolder(dirname(target));
  try {
    const former = restore(file, target);
    const told = former ? `${target} is now ${file}; the former one is ${former}` : `${target} is now ${file}`;
    process.stdout.write(`${json ? JSON.stringify({ file: target, former: former ?? null }, null, 2) : told}\n`);
  } catch (error) {
    if (error instanceof DamagedDatabaseError) return end(error.message, 2);
    throw error;
  } finally {
    unlock();
  }
}

function sqliteFile(remedy: string): string {
  const settings = new Settings();
  if (settings.databaseUrl) throw new Error(`DATABASE_URL is set: the data lies in PostgreSQL; ${remedy}`);
  settings.ensureDataDir();
  return settings.sqliteFile;
}

function end(message: string, exitCode: number): void {
  process.stderr.write(`herald: ${message}\n`);
  process.exitCode = exitCode;
}
