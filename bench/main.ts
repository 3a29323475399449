import { parseArgs } from 'node:util';
import { bytesPerLeadBench } from './bytes-per-lead.js';
import { engagementLiftBench } from './engagement-lift.js';
import { handoffLatencyBench } from './handoff-latency.js';
import { importBench } from './import.js';
import { intakeBench } from './intake.js';
import { journeysBench } from './journeys.js';
import { killBench } from './kill.js';
import { episodicBench } from './memory/episodic.js';
import { longTermBench } from './memory/long-term.js';
import { referenceServerBench } from './memory/reference-server.js';
import { semanticBench } from './memory/semantic.js';
import { shortTermBench } from './memory/short-term.js';
import { restTriageBench } from './rest-triage.js';
import { rpcSocketsBench } from './rpc-sockets.js';
import { rpcThroughputBench } from './rpc-throughput.js';
import { funnelBench, runBench } from './run.js';
import { scaleBench } from './scale.js';
import { startBench } from './start.js';
import { triageLatencyBench } from './triage-latency.js';
import { BenchData } from './kit/bench-data.js';
import type { Bench } from './kit/bench.js';
import { type BenchReport, describeReport, isMet, judged } from './kit/figures.js';
import { describeMachine } from './kit/machine.js';

const BENCHES: Readonly<Record<string, Bench>> = {
  import: importBench,
  run: runBench,
  funnel: funnelBench,
  intake: intakeBench,
  start: startBench,
  scale: scaleBench,
  'rest-triage': restTriageBench,
  'triage-latency': triageLatencyBench,
  'handoff-latency': handoffLatencyBench,
  'memory-short-term': shortTermBench,
  'memory-long-term': longTermBench,
  'memory-episodic': episodicBench,
  'memory-semantic': semanticBench,
  'memory-reference-server': referenceServerBench,
  'bytes-per-lead': bytesPerLeadBench,
  'engagement-lift': engagementLiftBench,
  'rpc-sockets': rpcSocketsBench,
  'rpc-throughput': rpcThroughputBench,
  journeys: journeysBench,
  kill: killBench,
};

/** Names for several. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  memory: ['memory-short-term', 'memory-long-term', 'memory-episodic', 'memory-semantic', 'memory-reference-server'],
  rpc: ['rpc-sockets', 'rpc-throughput'],
  // side by side
  'memory-semantic': ['memory-semantic', 'memory-reference-server'],
};

const NAMES = [...new Set([...Object.keys(BENCHES), ...Object.keys(GROUPS)])];
const HELP = `npm run bench -- [--quick] [--runs n] [--seed n] [--json] [name …]

Measures Herald against its targets, with the bare limit beside each figure. Without names, all benches run.
  names      ${Object.keys(BENCHES).join(', ')}
  groups     ${Object.entries(GROUPS)
    .map(([name, members]) => `${name}: ${members.join(', ')}`)
    .join('; ')}
  --runs n   take each figure n times and give the median (5; with --quick 3)
  --quick    shorter loads
  --json     print the reports as JSON
The exit code is 1 when a target was missed.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    runs: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});
const unknown = positionals.filter((name) => !NAMES.includes(name));
if (values.help || unknown.length > 0) {
  process.stdout.write(unknown.length > 0 ? `there is no bench "${unknown.join('", "')}"\n\n${HELP}` : HELP);
  process.exit(unknown.length > 0 ? 2 : 0);
}

const machine = describeMachine();
const say = (line: string): void => void process.stderr.write(`  ${line}\n`);
const data = new BenchData(say);
const context = {
  data,
  isQuick: values.quick,
  runs: Number(values.runs ?? (values.quick ? 3 : 5)),
  seed: Number(values.seed),
  say,
};
const reports: BenchReport[] = [];
if (!values.json)
  process.stdout.write(
    `${machine.cores} × ${machine.cpu}, ${machine.memory_gb} GB, node ${machine.node}, load ${machine.load}\n`,
  );
try {
  const chosen = positionals.length > 0 ? positionals.flatMap((name) => GROUPS[name] ?? [name]) : Object.keys(BENCHES);
  for (const name of new Set(chosen)) {
    const report = await BENCHES[name]!(context);
    reports.push(report);
    if (!values.json) process.stdout.write(`\n${describeReport(report)}\n`);
  }
} finally {
  data.removeAll();
}
if (values.json) process.stdout.write(`${JSON.stringify({ machine, reports: reports.map(judged) }, null, 2)}\n`);
if (reports.some(({ figures }) => figures.some((each) => isMet(each) === false))) process.exitCode = 1;
