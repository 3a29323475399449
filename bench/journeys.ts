import { Settings } from '../src/config/index.js';
import { createApp } from '../src/create-app.js';
import { Database } from '../src/database/index.js';
import { Queues } from '../src/queue/index.js';
import { messagesAgainstRules, strandedLeads } from './journeys/check-rules.js';
import { Simulation } from './journeys/simulation.js';
import { startWires } from './journeys/wires.js';
import { type Bench, figure, repeat } from './kit/bench.js';

/**
 * Months of simulated time with people who answer, object, bounce and buy, on a clock that is moved: no lead may be
 * stranded and no message may go out against the rules, as the auditor says each hour and as the tables say.
 */
export const journeysBench: Bench = async ({ data, isQuick, runs, seed, say }) => {
  const leads = isQuick ? 300 : 5_000;
  const days = isQuick ? 60 : 120;
  const notes: string[] = [];
  const measured = await repeat(Math.min(runs, isQuick ? 1 : runs), async (run) => {
    const started = performance.now();
    const dataDir = data.freshFolder();
    const wires = await startWires((address) => answerFor(address, seed + run));
    const settings = new Settings({
      HERALD_DATA_DIR: dataDir,
      HERALD_DEMO: '0',
      LOG_LEVEL: 'silent',
      HERALD_TEST_CLOCK: '2026-03-02T06:00:00Z',
      HERALD_PUBLIC_URL: 'https://herald.example.org',
      HERALD_SMTP_URL: wires.smtpUrl,
      HERALD_SMTP_FROM: 'Herald <hello@example.org>',
      HERALD_WEBHOOK_URL: wires.webhookUrl,
      HERALD_WEBHOOK_SECRET: 'a secret of the bench',
    });
    const app = await createApp(settings);
    await app.init();
    const simulation = new Simulation(app, wires, { leads, days, seed: seed + run, say });
    await simulation.run();
    const database = app.get(Database);
    const violations = await messagesAgainstRules(database, simulation.record);
    const stranded = await strandedLeads(database);
    const [{ n }] = (await database.query('SELECT COUNT(*) AS n FROM messages WHERE sent_at IS NOT NULL')) as [
      { n: number },
    ];
    const { counts } = await app.get(Queues).status();
    await app.close();
    await wires.stop();
    data.remove(dataDir);
    notes.push(
      ...Object.entries(simulation.record.counts)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([what, count]) => `${what}: ${count}`),
      ...counts.map(({ topic, status, count }) => `jobs ${status}: ${topic}: ${count}`),
      ...(simulation.mostAudited === undefined ? ['this server has no auditor: only the tables were asked'] : []),
      ...violations.slice(0, 10).map((each) => `against the rules: ${JSON.stringify(each)}`),
      ...stranded.slice(0, 10).map((lead) => `stranded: ${lead}`),
    );
    return {
      stranded: stranded.length,
      audited: simulation.mostAudited ?? 0,
      violations: violations.length,
      messages: Number(n),
      seconds: (performance.now() - started) / 1_000,
    };
  });
  return {
    bench: 'journeys',
    what: `${leads} simulated leads over ${days} simulated days`,
    figures: [
      figure('leads stranded at the end', '', measured.stranded, { below: 1 }),
      figure('most leads that an hourly audit found stranded', '', measured.audited, { below: 1 }),
      figure('messages against the rules', '', measured.violations, { below: 1 }),
      figure('messages sent', '', measured.messages),
      figure('real time', 's', measured.seconds),
    ],
    limits: [],
    notes,
  };
};

/** Two in a hundred mailboxes are gone, and three say for now that they are full. */
function answerFor(address: string, seed: number): string | undefined {
  const number = Number(/\d+/.exec(address)?.[0] ?? 0) + seed;
  if (number % 50 === 7) return '550 5.1.1 no such user here';
  if (number % 33 === 5) return '452 4.2.2 mailbox full';
  return undefined;
}
