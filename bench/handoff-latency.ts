import { setTimeout as pause } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { Settings, createRandom } from '../src/config/index.js';
import { createApp } from '../src/create-app.js';
import { UnitOfWork } from '../src/database/index.js';
import { OperationBus, type Principal } from '../src/operations/index.js';
import { Queues } from '../src/queue/index.js';
import { databaseFile } from './kit/bench-data.js';
import { bareQueueLatencies, findRedis } from './kit/bare-queue.js';
import { type Bench, figure, repeat } from './kit/bench.js';
import { percentile } from './kit/figures.js';

const WARM_UP = 50;
const PER_SECOND = 25;
const CALLER: Principal = { id: 'bench', kind: 'user', name: 'bench', scopes: new Set(['*']) };
/** A handoff that takes longer than this has been lost. */
const LONGEST_MS = 30_000;

/**
 * From the commit of `agent.handoff` (the handoff with its outbox row) to the commit of what the engagement agent
 * made of it: its decision, the planned message, the lead, the finished handoff.
 */
export const handoffLatencyBench: Bench = async ({ data, runs, isQuick, seed, say }) => {
  const count = isQuick ? 100 : 500;
  const redis = await findRedis(data.freshFolder());
  const measured = await repeat(runs, async (run) => {
    const dataDir = await data.importedFolder();
    const pauses = beat(seed + run);
    const latencies = await handOff(dataDir, count, pauses);
    data.remove(dataDir);
    const inProcess = await bareQueueLatencies(undefined, data.freshFolder(), count, pauses);
    const overRedis = redis ? await bareQueueLatencies(redis.port, data.freshFolder(), count, pauses) : [];
    const p99 = percentile(latencies, 0.99);
    say(`handoff-latency ${run + 1}: p99 ${p99.toFixed(1)} ms`);
    return {
      p50: percentile(latencies, 0.5),
      p99,
      inProcessP50: percentile(inProcess, 0.5),
      inProcessP99: percentile(inProcess, 0.99),
      redisP50: percentile(overRedis, 0.5),
      redisP99: percentile(overRedis, 0.99),
    };
  }).finally(() => redis?.stop());
  return {
    bench: 'handoff-latency',
    what: `a handoff to the engagement agent on the embedded store, from enqueued to carried out; ${count} a run at ${PER_SECOND}/s`,
    figures: [
      figure('p50', 'ms', measured.p50, { ratio: { to: redis ? measured.redisP50 : [], atMost: 1 } }),
      figure('p99', 'ms', measured.p99, { ratio: { to: redis ? measured.redisP99 : [], atMost: 1.5 } }),
    ],
    limits: [
      ...(redis
        ? [
            figure('BullMQ on Redis, empty job, p50', 'ms', measured.redisP50),
            figure('the same, p99', 'ms', measured.redisP99),
          ]
        : []),
      figure('BullMQ in process, empty job, p50', 'ms', measured.inProcessP50),
      figure('the same, p99', 'ms', measured.inProcessP99),
    ],
    ...(redis ? {} : { notes: ['no Redis answers on 127.0.0.1:6379 and there is no redis-server: not judged'] }),
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
  const bus = app.get(OperationBus);
  const effects = new EffectWatch(databaseFile(dataDir), app.get(UnitOfWork));
  const latencies: Promise<number>[] = [];
  for (const lead_id of leadIds(databaseFile(dataDir), count + WARM_UP)) {
    await pauses();
    const request = { from_agent: 'LT-001', to_agent: 'EN-002', lead_id, context: { lead_score: 85 } };
    const { handoff_id } = (await bus.call('agent.handoff', request, { principal: CALLER })) as { handoff_id: string };
    const committedAt = performance.now();
    latencies.push(effects.of(handoff_id).then((at) => at - committedAt));
  }
  const all = await Promise.all(latencies);
  effects.close();
  await app.get(Queues).idle();
  await app.close();
  return all.slice(WARM_UP);
}

/** Tells when a handoff's job is done: looks at its row after each unit of work that this process has committed. */
class EffectWatch {
  private readonly database: BetterSqlite3.Database;
  private readonly status: BetterSqlite3.Statement;
  private readonly open = new Map<string, (at: number) => void>();

  constructor(file: string, uow: UnitOfWork) {
    this.database = new BetterSqlite3(file, { readonly: true });
    this.status = this.database.prepare('SELECT status FROM outbox WHERE idempotency_key = ?').pluck();
    const run = uow.run.bind(uow);
    uow.run = (async (...words: Parameters<typeof run>) => {
      const answer = await run(...words);
      this.look();
      return answer;
    }) as typeof uow.run;
  }

  of(handoffId: string): Promise<number> {
    const done = new Promise<number>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`handoff ${handoffId} had no effect`)), LONGEST_MS);
      this.open.set(`handoff.deliver:${handoffId}`, (at) => {
        clearTimeout(late);
        resolve(at);
      });
    });
    this.look();
    return done;
  }

  close(): void {
    this.database.close();
  }

  private look(): void {
    for (const [key, resolve] of this.open) {
      const status = this.status.get(key);
      if (status !== undefined && status !== 'done') continue;
      this.open.delete(key);
      resolve(performance.now());
    }
  }
}

function leadIds(file: string, count: number): string[] {
  const database = new BetterSqlite3(file, { readonly: true });
  const ids = database.prepare('SELECT lead_id FROM leads ORDER BY lead_id LIMIT ?').pluck().all(count) as string[];
  database.close();
  return ids;
}
