import { statSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { type Random, createRandom } from '../../src/config/index.js';
import type { NewFact, Observation } from '../../src/memory/index.js';
import { databaseFile } from '../kit/bench-data.js';
import { type Bench, figure, repeat } from '../kit/bench.js';
import { BareWrites } from './bare-writes.js';
import { type Latencies, rateOf, timeEach } from './measure.js';
import { type OpenMemory, openMemory, residentNote } from './open-memory.js';

const LEADS = 1_000_000;
/** A preferred channel, a best hour, and one more for every other lead. */
const FACTS = 2.5;
const WRITERS = 64;
/** Reads right after opening, when nothing of the file is in the process. */
const COLD_READS = 2_000;
const CHANNELS = ['Email', 'SMS', 'Call', 'Social'];
const INTERESTS = ['roi', 'security', 'integration', 'pricing', 'roadmap'];

const leadOf = (number: number): string => `BL${String(number).padStart(7, '0')}`;

/**
 * Long-term memory of a million leads: reads with all that is believed of the lead, statements, and events learned
 * from.
 */
export const longTermBench: Bench = async ({ data, runs, isQuick, seed, say }) => {
  const reads = isQuick ? 10_000 : 50_000;
  const writes = isQuick ? 10_000 : 30_000;
  const dataDir = data.freshFolder();
  await (await openMemory(dataDir)).close();
  const building = performance.now();
  fill(databaseFile(dataDir), seed);
  say(
    `memory-long-term: built in ${((performance.now() - building) / 1000).toFixed(1)} s, ${Math.round(statSync(databaseFile(dataDir)).size / 1e6)} MB`,
  );
  let event = 0;
  let resident = '';
  const measured = await repeat(runs, async (run) => {
    const random = createRandom(`long-term ${seed + run}`);
    const now = new Date().toISOString();
    const bareWrites = new BareWrites(databaseFile(dataDir));
    const { memory, units, call, close } = await openMemory(dataDir);
    const cold = await readLeads(call, COLD_READS, random);
    const read = await readLeads(call, reads, random);
    let statement = 0;
    const learn = await bareWrites.compare(writes, (count) =>
      rateOf(count, WRITERS, () => {
        const fact = statementOf(random.integer(LEADS), run, ++statement);
        return units.run((unit) => memory.learn(unit, [fact], now));
      }),
    );
    const observe = await bareWrites.compare(writes, (count) =>
      rateOf(count, WRITERS, () =>
        units.run((unit) => memory.observe(unit, [eventOf(random.integer(LEADS), ++event, now)], now)),
      ),
    );
    resident = residentNote();
    await close();
    bareWrites.close();
    const bareP99 = await readBare(databaseFile(dataDir), reads, random.integer);
    say(
      `memory-long-term ${run + 1}: p99 ${read.p99.toFixed(3)} ms, ${Math.round(learn.perSecond)} statements/s (${learn.ratio.toFixed(2)} of bare), ${Math.round(observe.perSecond)} events/s (${observe.ratio.toFixed(2)})`,
    );
    return {
      coldP99: cold.p99,
      p50: read.p50,
      p99: read.p99,
      longest: read.max,
      learn: learn.perSecond,
      bareLearn: learn.barePerSecond,
      observe: observe.perSecond,
      bareObserve: observe.barePerSecond,
      bareP99,
    };
  });
  data.remove(dataDir);
  return {
    bench: 'memory-long-term',
    what: `long-term memory of ${LEADS.toLocaleString('en-US')} leads with ${(LEADS * FACTS).toLocaleString('en-US')} facts: ${reads} reads of a lead with its facts`,
    figures: [
      figure('read of a lead, p99', 'ms', measured.p99, { below: 2 }),
      figure(`the first ${COLD_READS.toLocaleString('en-US')} reads after opening, p99`, 'ms', measured.coldP99, {
        below: 2,
      }),
      figure('the same, p50', 'ms', measured.p50),
      figure('the same, longest', 'ms', measured.longest),
      figure(`statements learned, a unit each, ${WRITERS} at a time`, 'writes/s', measured.learn, {
        atLeast: 5_000,
        ratio: { to: measured.bareLearn, atLeast: 0.4 },
      }),
      figure(`events learned from, a unit each, ${WRITERS} at a time`, 'writes/s', measured.observe, {
        ratio: { to: measured.bareObserve, atLeast: 0.4 },
      }),
    ],
    limits: [
      figure('prepared SELECT of a lead’s row and facts, p99', 'ms', measured.bareP99),
      figure(
        'the rows of a statement by prepared statements, in the same transactions',
        'writes/s',
        measured.bareLearn,
      ),
      figure('the rows of an event, likewise', 'writes/s', measured.bareObserve),
    ],
    notes: [
      'reads are the operation memory.retrieve, permission, validation and answer included, leads drawn evenly over all; the file is warm in the operating system’s cache',
      'a statement reads what is believed of the lead, writes the fact and the summary row; an event reads and writes the lead’s counts and what follows from them',
      resident,
    ],
  };
};

function readLeads(call: OpenMemory['call'], count: number, random: Random): Promise<Latencies> {
  return timeEach(count, async () => {
    const { long_term } = await call<{ long_term: { facts: object[] }[] }>('memory.retrieve', {
      tier: 'long_term',
      lead_id: leadOf(random.integer(LEADS)),
    });
    if (!(long_term[0]!.facts.length >= 2)) throw new Error('a fact was not found');
  });
}

function statementOf(lead: number, run: number, number: number): NewFact {
  return {
    lead_id: leadOf(lead),
    name: 'interest',
    value: INTERESTS[number % INTERESTS.length],
    confidence: 0.6,
    source: 'conversation',
    source_id: `b${run}-${number}`,
  };
}

function eventOf(lead: number, number: number, at: string): Observation {
  return {
    lead_id: leadOf(lead),
    source_id: `be${number}`,
    kind: 'reply',
    at,
    channel: CHANNELS[number % CHANNELS.length],
    outcome: 'positive',
    time_zone: 'Europe/Berlin',
  };
}

function fill(file: string, seed: number): void {
  const database = new BetterSqlite3(file);
  database.pragma('synchronous = OFF');
  const random = createRandom(`million ${seed}`);
  const row = database.prepare('INSERT INTO memory_long_term VALUES (?, ?, ?, ?, ?, ?)');
  const fact =
    database.prepare(`INSERT INTO memory_facts (lead_id, fact_id, name, value_json, confidence, source, source_id, evidence_json, valid_from, valid_to, recorded_at, closed_at)
    VALUES (?, ?, ?, ?, ?, 'interaction', 'signals', ?, ?, NULL, ?, NULL)`);
  const at = '2026-01-31T09:30:00.000Z';
  const evidence = JSON.stringify([{ source: 'interaction', source_id: 'signals', confidence: 0.6, at }]);
  for (let start = 0; start < LEADS; start += 50_000) {
    database.transaction(() => {
      for (let lead = start; lead < start + 50_000; lead++) {
        const id = leadOf(lead);
        const channel = CHANNELS[random.integer(CHANNELS.length)]!;
        const hour = 8 + random.integer(10);
        const interest = INTERESTS[random.integer(INTERESTS.length)]!;
        const preferences = {
          preferred_channels: [channel],
          best_contact_time: `${hour}:00-${hour + 2}:00`,
          ...(lead % 2 && { interests: [interest] }),
        };
        row.run(id, 'EU', 'SaaS', random.next(), JSON.stringify(preferences), at);
        fact.run(id, `fct_0${lead}a`, 'preferred_channel', JSON.stringify(channel), 0.6, evidence, at, at);
        fact.run(id, `fct_0${lead}b`, 'best_contact_hour', JSON.stringify(hour), 0.6, evidence, at, at);
        if (lead % 2) fact.run(id, `fct_0${lead}c`, 'interest', JSON.stringify(interest), 0.6, evidence, at, at);
      }
    })();
  }
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
}

/** @returns the p99 */
async function readBare(file: string, reads: number, below: (n: number) => number): Promise<number> {
  const database = new BetterSqlite3(file);
  const row = database.prepare('SELECT * FROM memory_long_term WHERE lead_id = ?');
  const facts = database.prepare('SELECT * FROM memory_facts WHERE lead_id = ? AND closed_at IS NULL');
  const { p99 } = await timeEach(reads, async () => {
    const id = leadOf(below(LEADS));
    return [row.get(id), facts.all(id)];
  });
  database.close();
  return p99;
}
