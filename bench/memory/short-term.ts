import BetterSqlite3 from 'better-sqlite3';
import { createRandom } from '../../src/config/index.js';
import { databaseFile } from '../kit/bench-data.js';
import { type Bench, figure, repeat } from '../kit/bench.js';
import { rateOf, timeEach } from './measure.js';
import { openMemory, residentNote } from './open-memory.js';

const ENTRIES = 100_000;
const PER_LEAD = 2;
const WRITERS = 64;
/** One write for so many reads. */
const READS_PER_WRITE = 9;
const SUMMARY = 'asked about pricing for two hundred seats and whether the trial can be extended';
const SLOTS = {
  company: 'Demo Co.',
  employees: 50,
  tooling: ['HubSpot', 'GA4'],
  triage: { category: 'Campaign Qualified', score: 71 },
};

const leadOf = (entry: number): string => `BL${String(Math.floor(entry / PER_LEAD)).padStart(7, '0')}`;
const conversationOf = (entry: number): string => `BC${String(entry).padStart(7, '0')}`;
const entryOf = (entry: number) => ({
  conversation_id: conversationOf(entry),
  lead_id: leadOf(entry),
  last_utterance_summary: SUMMARY,
  active_intent: 'book_demo',
  slots_json: SLOTS,
});

/** Short-term memory with 100,000 live entries: reads by lead and by conversation among writes, and writes alone. */
export const shortTermBench: Bench = async ({ data, runs, isQuick, seed, say }) => {
  const reads = isQuick ? 20_000 : 100_000;
  const writes = isQuick ? 10_000 : 50_000;
  const dataDir = data.freshFolder();
  const { memory, units, call, close } = await openMemory(dataDir);
  const building = performance.now();
  fill(databaseFile(dataDir));
  say(`memory-short-term: built in ${((performance.now() - building) / 1000).toFixed(1)} s`);
  const measured = await repeat(runs, async (run) => {
    const random = createRandom(`short-term ${seed + run}`);
    const write = (entry: number) => units.run((unit) => memory.rememberShortTerm(unit, [entryOf(entry)]));
    const read = (entry: number) =>
      call<{ short_term: object[] }>('memory.retrieve', {
        tier: 'short_term',
        ...(entry % 2 ? { lead_id: leadOf(entry) } : { conversation_id: conversationOf(entry) }),
      });
    let due = 0;
    let pending: Promise<unknown> = Promise.resolve();
    const mixed = await timeEach(reads, async () => {
      if (due++ % READS_PER_WRITE === 0) pending = write(random.integer(ENTRIES));
      const { short_term } = await read(random.integer(ENTRIES));
      if (short_term.length === 0) throw new Error('an entry was not found');
    });
    await pending;
    const few = Array.from({ length: 1_000 }, () => random.integer(ENTRIES));
    const hot = await timeEach(reads, (index) => read(few[index % few.length]!));
    const perSecond = await rateOf(writes, WRITERS, () => write(random.integer(ENTRIES)));
    const stored = await rateOf(writes / 5, WRITERS, () =>
      call('memory.store', { tier: 'short_term', ...entryOf(random.integer(ENTRIES)) }),
    );
    const bare = await measureBare(databaseFile(dataDir), reads, writes, random.integer);
    say(`memory-short-term ${run + 1}: p99 ${mixed.p99.toFixed(3)} ms, ${Math.round(perSecond)} writes/s`);
    return { p50: mixed.p50, p99: mixed.p99, longest: mixed.max, hotP99: hot.p99, perSecond, stored, ...bare };
  });
  const resident = residentNote();
  await close();
  data.remove(dataDir);
  return {
    bench: 'memory-short-term',
    what: `short-term memory with ${ENTRIES.toLocaleString('en-US')} live entries: ${reads} reads by lead and conversation, a write for every ${READS_PER_WRITE} of them`,
    figures: [
      figure('read among writes, p99', 'ms', measured.p99, { below: 1 }),
      figure('the same, p50', 'ms', measured.p50),
      figure('the same, longest', 'ms', measured.longest),
      figure('read of a thousand busy conversations, p99', 'ms', measured.hotP99),
      figure(`writes, a unit each, ${WRITERS} at a time`, 'writes/s', measured.perSecond, { atLeast: 5_000 }),
      figure('the same by the operation memory.store, with its audit row', 'writes/s', measured.stored),
    ],
    limits: [
      figure('prepared SELECT of the same rows, p99', 'ms', measured.bareP99),
      figure('prepared upsert, a transaction each', 'writes/s', measured.barePerSecond),
    ],
    notes: [
      'reads are the operation memory.retrieve, permission, validation and answer included; entries are drawn evenly over all, so most are cold: not in the cache, or there for more than its second',
      'the thousand busy conversations are the warm case',
      resident,
    ],
  };
};

function fill(file: string): void {
  const database = new BetterSqlite3(file);
  const insert = database.prepare('INSERT INTO memory_short_term VALUES (?, ?, ?, ?, ?, ?)');
  const expires = new Date(Date.now() + 86_400_000).toISOString();
  database.transaction(() => {
    for (let entry = 0; entry < ENTRIES; entry++) {
      insert.run(conversationOf(entry), leadOf(entry), SUMMARY, 'book_demo', JSON.stringify(SLOTS), expires);
    }
  })();
  database.close();
}

async function measureBare(
  file: string,
  reads: number,
  writes: number,
  below: (n: number) => number,
): Promise<{ bareP99: number; barePerSecond: number }> {
  const database = new BetterSqlite3(file);
  database.pragma('synchronous = NORMAL');
  const select = database.prepare('SELECT * FROM memory_short_term WHERE lead_id = ?');
  const { p99 } = await timeEach(reads, async () => select.all(leadOf(below(ENTRIES))));
  const upsert = database.prepare(
    'INSERT INTO memory_short_term VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET slots_json = excluded.slots_json, expires_at = excluded.expires_at',
  );
  const expires = new Date(Date.now() + 86_400_000).toISOString();
  const perSecond = await rateOf(writes, 1, async () => {
    const entry = below(ENTRIES);
    upsert.run(conversationOf(entry), leadOf(entry), SUMMARY, 'book_demo', JSON.stringify(SLOTS), expires);
  });
  database.close();
  return { bareP99: p99, barePerSecond: perSecond };
}
