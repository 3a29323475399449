import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { SERVER_MAIN } from './kit/bench-data.js';
import { type Bench, figure, repeat } from './kit/bench.js';
import { ServerProcess } from './kit/server-process.js';

const IDLE_MS = 10_000;
const MEGABYTE = 1024;
const BARE = `
  require('node:http').createServer((_, answer) => answer.end()).listen(0, () => {
    const { VmRSS } = Object.fromEntries(require('node:fs').readFileSync('/proc/self/status', 'utf8').split('\\n').map((line) => line.split(/:\\s+/)));
    console.log(parseInt(VmRSS) / ${MEGABYTE});
    process.exit();
  });
`;

/** How soon the server is there, with demo data and without, and what it takes of memory. */
export const startBench: Bench = async ({ data, runs, say }) => {
  const measured = await repeat(runs, async (run) => {
    const dataDir = data.freshFolder();
    const first = await startAndRest(dataDir);
    const again = await startAndRest(dataDir);
    data.remove(dataDir);
    const startedBare = performance.now();
    const bareResident = Number(execFileSync(process.execPath, ['-e', BARE], { encoding: 'utf8' }));
    const bare = (performance.now() - startedBare) / 1000;
    say(
      `start ${run + 1}: ${first.seconds.toFixed(1)} s, again ${again.seconds.toFixed(1)} s, ${first.resident.toFixed(0)} MB`,
    );
    return {
      first: first.seconds,
      again: again.seconds,
      resident: Math.max(first.resident, again.resident),
      highWater: Math.max(first.highWater, again.highWater),
      bare,
      bareResident,
    };
  });
  return {
    bench: 'start',
    what: 'the server from its start to its first answer, and what it takes of memory',
    figures: [
      figure('first start with demo data', 's', measured.first, { below: 4, ratio: { to: measured.bare } }),
      figure('restart', 's', measured.again, { below: 2, ratio: { to: measured.bare } }),
      figure(`resident ${IDLE_MS / 1000} s later, the larger of both`, 'MB', measured.resident, {
        below: 200,
        ratio: { to: measured.bareResident },
      }),
      figure('most that was resident, the larger of both', 'MB', measured.highWater, {
        below: 350,
        ratio: { to: measured.bareResident },
      }),
    ],
    limits: [
      figure('node with an HTTP server and nothing else, from start to end', 's', measured.bare),
      figure('its resident memory', 'MB', measured.bareResident),
    ],
    notes: ['the targets hold on a quiet machine like the one in docs/benchmarks.md; memory is read from /proc'],
  };
};

async function startAndRest(dataDir: string): Promise<{ seconds: number; resident: number; highWater: number }> {
  const started = performance.now();
  const server = ServerProcess.spawn({ main: SERVER_MAIN, dataDir, env: { HERALD_DEMO: '1' } });
  await server.ready();
  const seconds = (performance.now() - started) / 1000;
  await pause(IDLE_MS);
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  const megabytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)![1]) / MEGABYTE;
  const answer = { seconds, resident: megabytes('VmRSS'), highWater: megabytes('VmHWM') };
  await server.stop();
  return answer;
}
