import { messagesAgainstRules, strandedLeads } from '../../bench/journeys/check-rules.js';
import { Simulation } from '../../bench/journeys/simulation.js';
import { startWires } from '../../bench/journeys/wires.js';
import { Database } from '../../src/database/index.js';
import { startApp } from '../app.js';

/** The bench `journeys`, small. */
it('weeks with people who answer, object, bounce and buy strand nobody, and write to nobody against the rules', async () => {
  const wires = await startWires((address) => (address.startsWith('person7@') ? '550 5.1.1 no such user' : undefined));
  const herald = await startApp({
    env: {
      HERALD_TEST_CLOCK: '2026-03-02T06:00:00Z',
      HERALD_SANDBOX: '0',
      HERALD_PUBLIC_URL: 'https://herald.example.org',
      HERALD_SMTP_URL: wires.smtpUrl,
      HERALD_SMTP_FROM: 'Herald <hello@example.org>',
      HERALD_WEBHOOK_URL: wires.webhookUrl,
      HERALD_WEBHOOK_SECRET: 'a secret of the test',
    },
  });
  const simulation = new Simulation(herald.app, wires, { leads: 80, days: 30, seed: 3 });
  await simulation.run();
  const database = herald.app.get(Database);
  expect(await messagesAgainstRules(database, simulation.record)).toEqual([]);
  expect(await strandedLeads(database)).toEqual([]);
  expect(simulation.mostAudited).toBe(0);
  expect(Object.keys(simulation.record.counts).filter((what) => what.startsWith('sent'))).not.toEqual([]);
  await herald.stop();
  await wires.stop();
}, 180_000);
