import { setTimeout as pause } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { Settings, createRandom } from '../src/config/index.js';
import { createApp } from '../src/create-app.js';
import { OperationBus, type Principal } from '../src/operations/index.js';
import { Queues } from '../src/queue/index.js';
import { JobProcessor } from '../src/queue/job-processor.js';
import { databaseFile } from './kit/bench-data.js';
import { bareQueueLatencies, isRedisThere } from './kit/bare-queue.js';
import { type Bench, figure, repeat } from './kit/bench.js';
import { percentile } from './kit/figures.js';

const WARM_UP = 50;
const PER_SECOND = 25;
const CALLER: Principal = { id: 'bench', kind: 'user', name: 'bench', scopes: new Set(['*']) };
const HANDOFF_TOPIC = 'handoff.deliver';

/**
 * From the commit of `agent.handoff` (the handoff with its outbox row) to the commit of what the engagement agent
 * made of it: its decision, the planned message, the lead, the finished handoff.
 */
export const handoffLatencyBench: Bench = async ({ data, runs, isQuick, seed, say }) => {
  const count = isQuick ? 100 : 500;
  const hasRedis = await isRedisThere();
  const measured = await repeat(runs, async (run) => {
    const dataDir = await data.importedFolder();
    const pauses = beat(seed + run);
    const latencies = await handOff(dataDir, count, pauses);
    data.remove(dataDir);
    const inProcess = await bareQueueLatencies('embedded', data.freshFolder(), count, pauses);
    const redis = hasRedis ? await bareQueueLatencies('redis', data.freshFolder(), count, pauses) : [];
    const p99 = percentile(latencies, 0.99);
    say(`handoff-latency ${run + 1}: p99 ${p99.toFixed(1)} ms`);
    return {
      p50: percentile(latencies, 0.5),
      p99,
      inProcessP50: percentile(inProcess, 0.5),
      inProcessP99: percentile(inProcess, 0.99),
      redisP50: percentile(redis, 0.5),
      redisP99: percentile(redis, 0.99),
    };
  });
  return {
    bench: 'handoff-latency',
    what: `a handoff to the engagement agent on the embedded store, from enqueued to carried out; ${count} a run at ${PER_SECOND}/s`,
    figures: [figure('p50', 'ms', measured.p50, { below: 5 }), figure('p99', 'ms', measured.p99, { below: 15 })],
    limits: [
      figure('BullMQ in process, empty job, p50', 'ms', measured.inProcessP50),
      figure('the same, p99', 'ms', measured.inProcessP99),
      ...(hasRedis
        ? [
            figure('BullMQ on Redis, empty job, p50', 'ms', measured.redisP50),
            figure('the same, p99', 'ms', measured.redisP99),
          ]
        : []),
    ],
    ...(hasRedis ? {} : { notes: ['no Redis answers on 127.0.0.1:6379, so BullMQ on Redis was not measured'] }),
  };
};

/** Pauses around the beat, so that arrivals keep no step with any timer of the server. */
function beat(seed: number): () => Promise<void> {
  const random = createRandom(`beat ${seed}`);
  return () => pause((1000 / PER_SECOND) * (0.5 + random.next()));
}

async function handOff(dataDir: string, count: number, pauses: () => Promise<void>): Promise<number[]> {
  const settings = new Settings({ HERALD_DATA_DIR: dataDir, HERALD_DEMO: '0', LOG_LEVEL: 'error' });
  const app = await createApp(settings);
  await app.init();
  const effects = watchEffects(app.get(JobProcessor));
  const bus = app.get(OperationBus);
  const leads = leadIds(databaseFile(dataDir), count + WARM_UP);
  const committedAt: number[] = [];
  for (const lead_id of leads) {
    await pauses();
    await bus.call(
      'agent.handoff',
      { from_agent: 'LT-001', to_agent: 'EN-002', lead_id, context: { lead_score: 85 } },
      { principal: CALLER },
    );
    committedAt.push(performance.now());
  }
  await app.get(Queues).idle();
  await app.close();
  if (effects.length !== committedAt.length)
    throw new Error(`${committedAt.length} handoffs had ${effects.length} effects`);
  return effects.map((at, index) => at - committedAt[index]!).slice(WARM_UP);
}

/**
 * The moments at which handoffs were carried out, in the order of the handoffs: there is one worker, and it keeps the
 * order.
 */
function watchEffects(processor: JobProcessor): number[] {
  const effects: number[] = [];
  const process = processor.process.bind(processor);
  processor.process = async (topic, jobId) => {
    const outcome = await process(topic, jobId);
    if (topic === HANDOFF_TOPIC && outcome === 'done') effects.push(performance.now());
    return outcome;
  };
  return effects;
}

function leadIds(file: string, count: number): string[] {
  const database = new BetterSqlite3(file, { readonly: true });
  const ids = database.prepare('SELECT lead_id FROM leads ORDER BY lead_id LIMIT ?').pluck().all(count) as string[];
  database.close();
  return ids;
}
