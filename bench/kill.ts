import { SERVER_MAIN } from './kit/bench-data.js';
import { type Bench, figure } from './kit/bench.js';
import { killDrill } from './kit/kill-drill.js';

/** kill -9 at random moments while leads are posted and triaged; then everything is counted. */
export const killBench: Bench = async ({ data, isQuick, seed, say }) => {
  const report = await killDrill({
    main: SERVER_MAIN,
    dataDir: data.freshFolder(),
    kills: isQuick ? 5 : 10,
    seed,
    say,
  });
  const wrong = Object.entries(report.losses).filter(([, count]) => count > 0);
  return {
    bench: 'kill',
    what:
      `kill -9 ${report.kills} times (${report.kills_while_starting} of them while starting), ${report.leads_accepted} leads accepted, ` +
      `${report.handoffs} handed off, ${report.requests_repeated} requests sent again`,
    figures: [
      figure('things lost or done twice', '', [wrong.reduce((sum, [, count]) => sum + count, 0)], { below: 1 }),
    ],
    limits: [],
    notes: wrong.map(([what, count]) => `${what}: ${count}`),
  };
};
