import type { Command } from 'commander';

export function register(program: Command): void {
  program
    .command('serve')
    .description('start the server, as `npm start` does')
    .option('--json', 'accepted for symmetry; the server’s log is JSON as it is')
    .action(async () => void (await import('../main.js')));
}
