import type { Command } from 'commander';
import type { RunProgress, RunSummary } from '../orchestrator/index.js';
import { compileEarly } from '../compile-early.js';
import { openAppContext } from './app-context.js';
import { progressBar } from './progress-bar.js';
import { textTable } from './text-table.js';

const HELP = `
Triages every lead in state New, lets the handoffs run to their end (engagement for those that qualify and
consented, nurture, support, people), and optimises the active campaigns. A server on the same data folder
may be running; the two share the work. Stopped half-way, it goes on where it stopped when run again.`;

export function register(program: Command): void {
  program
    .command('run')
    .description('work through the funnel once: triage, engage, hand off, escalate, optimise')
    .option('--json', 'print the summary as JSON')
    .option('--as-of <day>', 'look at the data as of the end of this day, YYYY-MM-DD (kept; "now" ends it)')
    .addHelpText('after', HELP)
    .action(run);
}

async function run({ json, asOf }: { json?: boolean; asOf?: string }): Promise<void> {
  const [{ FlowRun }, { AsOf }] = await Promise.all([import('../orchestrator/index.js'), import('../as-of/index.js')]);
  const context = await openAppContext({ queue: 'if-free' });
  compileEarly();
  if (asOf !== undefined) await context.get(AsOf).state(asOf);
  const bar = await progressBar(100, '{label} [{bar}] {percentage}%', json);
  try {
    const summary = await context
      .get(FlowRun)
      .run(({ phase, done, total }: RunProgress) => bar.update((100 * done) / Math.max(total, 1), phase));
    bar.stop();
    process.stdout.write(`${json ? JSON.stringify(summary, null, 2) : describe(summary)}\n`);
  } finally {
    bar.stop();
    await context.close();
  }
}

function describe(summary: RunSummary): string {
  const { seconds } = summary;
  const section = (title: string, counts: Record<string, number>) =>
    Object.keys(counts).length === 0
      ? `${title}: none`
      : textTable(
          [title, 'count'],
          Object.entries(counts).map(([name, count]) => [name, count]),
        );
  return [
    `${summary.leads_triaged} leads triaged in ${seconds.triage} s (${summary.leads_per_second}/s)`,
    section('category', summary.by_category),
    section('message planned on', summary.messages_planned_by_channel),
    section('handoff for', summary.handoffs_by_purpose),
    section('handoff status', summary.handoffs_by_status),
    section('escalation for', summary.escalations_by_reason),
    `${summary.campaigns_optimized} campaigns optimised: ${summary.recommendations_applied} changes made, ${summary.recommendations_proposed} proposed`,
    section('recommendation', summary.recommendations_by_type),
    `time: triage ${seconds.triage} s, handoffs ${seconds.handoffs} s, optimisation ${seconds.optimize} s, in all ${seconds.total} s`,
  ].join('\n\n');
}
