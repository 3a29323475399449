import type { Command } from 'commander';
import { openAppContext } from './app-context.js';

const HELP = `
The figures of the portfolio (overview, rates, totals) are kept up as rows change. This holds each lead against how
it is counted in them, a hundred at a time, and puts right what is wrong: after a restore, or after rows were changed
by hand. A server on the same database may be running.`;

export function register(program: Command): void {
  program
    .command('recount')
    .description('check that every lead is counted right in the figures, and mend what is not')
    .option('--json', 'print the count as JSON')
    .addHelpText('after', HELP)
    .action(recount);
}

async function recount({ json }: { json?: boolean }): Promise<void> {
  const [context, { FigureKeeper }] = await Promise.all([
    openAppContext({ queue: 'detached' }),
    import('../crm/index.js'),
  ]);
  try {
    const wrong = await context.get(FigureKeeper).recount();
    process.stdout.write(`${json ? JSON.stringify({ leads_counted_wrongly: wrong }, null, 2) : describe(wrong)}\n`);
  } finally {
    await context.close();
  }
}

function describe(wrong: number): string {
  if (wrong === 0) return 'every lead was counted right';
  return `${wrong} ${wrong === 1 ? 'lead was' : 'leads were'} counted wrongly, and ${wrong === 1 ? 'is' : 'are'} counted right now`;
}
