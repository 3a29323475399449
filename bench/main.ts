import { parseArgs } from 'node:util';
import { engagementLiftBench } from './engagement-lift.js';
import { handoffLatencyBench } from './handoff-latency.js';
import { importBench } from './import.js';
import { killBench } from './kill.js';
import { restTriageBench } from './rest-triage.js';
import { runBench } from './run.js';
import { triageLatencyBench } from './triage-latency.js';
import { BenchData } from './kit/bench-data.js';
import type { Bench } from './kit/bench.js';
import { type BenchReport, describeReport, isMet } from './kit/figures.js';
import { describeMachine } from './kit/machine.js';

const BENCHES: Readonly<Record<string, Bench>> = {
  import: importBench,
  run: runBench,
  'rest-triage': restTriageBench,
  'triage-latency': triageLatencyBench,
  'handoff-latency': handoffLatencyBench,
  'engagement-lift': engagementLiftBench,
  kill: killBench,
};

const HELP = `npm run bench -- [--quick] [--runs n] [--seed n] [--json] [${Object.keys(BENCHES).join('|')} …]

Measures Herald against its targets, with the bare limit beside each figure. Without names, all benches run.
  --runs n   take each figure n times and give the median (5; with --quick 3)
  --quick    shorter loads
  --json     print the reports as JSON
The exit code is 1 when a target was missed.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false },
    runs: { type: 'string' }, seed: { type: 'string', default: '1' },
  },
});
const unknown = positionals.filter((name) => !(name in BENCHES));
if (values.help || unknown.length > 0) {
  process.stdout.write(unknown.length > 0 ? `there is no bench "${unknown.join('", "')}"\n\n${HELP}` : HELP);
  process.exit(unknown.length > 0 ? 2 : 0);
}

const machine = describeMachine();
const say = (line: string): void => void process.stderr.write(`  ${line}\n`);
const data = new BenchData(say);
const context = { data, isQuick: values.quick, runs: Number(values.runs ?? (values.quick ? 3 : 5)), seed: Number(values.seed), say };
const reports: BenchReport[] = [];
if (!values.json) process.stdout.write(`${machine.cores} × ${machine.cpu}, ${machine.memory_gb} GB, node ${machine.node}, load ${machine.load}\n`);
try {
  for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHES)) {
    const report = await BENCHES[name]!(context);
    reports.push(report);
    if (!values.json) process.stdout.write(`\n${describeReport(report)}\n`);
  }
} finally {
  data.removeAll();
}
if (values.json) process.stdout.write(`${JSON.stringify({ machine, reports }, null, 2)}\n`);
if (reports.some(({ figures }) => figures.some((each) => isMet(each) === false))) process.exitCode = 1;
