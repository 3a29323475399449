import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { type Random, createRandom } from '../../src/config/index.js';

const THIS_FILE = fileURLToPath(import.meta.url);

export interface HostileChoice {
  readonly port: number;
  readonly authorization: string;
  readonly sockets: number;
  /** Frames a second, of all sockets together. */
  readonly perSecond: number;
  readonly seed: number;
}

export interface HostileSockets {
  /** Ends them. @returns how many frames they sent, and how often they were cut off */
  stop(): Promise<{ frames: number; cuts: number }>;
}

/** Sockets that send junk, in a process of their own, so that making it does not slow the client that is measured. */
export async function startHostileSockets(choice: HostileChoice): Promise<HostileSockets> {
  const child = fork(THIS_FILE, [JSON.stringify(choice)]);
  await once(child, 'message');
  return {
    stop: async () => {
      child.send('stop');
      const [counts] = (await once(child, 'message')) as [{ frames: number; cuts: number }];
      child.kill();
      await once(child, 'exit');
      return counts;
    },
  };
}

const OVERSIZED = 'x'.repeat(1024 * 1024 + 1);

/** What one frame is: mostly junk and half-valid calls, some binary, a few too large. */
function frameOf(random: Random): string | Buffer {
  const kind = random.next();
  if (kind < 0.005) return OVERSIZED;
  if (kind < 0.05) return Buffer.from(Array.from({ length: 1 + random.integer(64) }, () => random.integer(256)));
  if (kind < 0.25) return String.fromCharCode(...Array.from({ length: 1 + random.integer(200) }, () => 32 + random.integer(95)));
  if (kind < 0.35) return '['.repeat(1 + random.integer(5_000));
  if (kind < 0.5) return JSON.stringify({ jsonrpc: ['1.0', 2, null, '2.0'][random.integer(4)], id: random.integer(9), method: 'no.such', params: random.integer(9) });
  if (kind < 0.6) return JSON.stringify(Array.from({ length: random.integer(120) }, (_, id) => ({ jsonrpc: '2.0', id, method: 'no.such' })));
  return JSON.stringify({ jsonrpc: '2.0', id: random.integer(1_000), method: 'lead.list', params: { limit: random.integer(5), cursor: random.next() < 0.5 ? 'made up' : undefined } });
}

async function attack({ port, authorization, sockets, perSecond, seed }: HostileChoice): Promise<void> {
  const random = createRandom(`hostile ${seed}`);
  const counts = { frames: 0, cuts: 0 };
  const open = (): WebSocket => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc`, { headers: { authorization }, perMessageDeflate: false });
    socket.on('error', () => undefined);
    return socket;
  };
  const all = Array.from({ length: sockets }, open);
  await Promise.all(all.map((socket) => once(socket, 'open')));
  process.send!('ready');
  const everyMs = 10;
  const timer = setInterval(() => {
    for (let n = 0; n < (perSecond * everyMs) / 1000; n++) {
      const index = random.integer(sockets);
      if (all[index]!.readyState === WebSocket.OPEN) {
        all[index]!.send(frameOf(random));
        counts.frames++;
      } else if (all[index]!.readyState === WebSocket.CLOSED) {
        counts.cuts++;
        all[index] = open();
      }
    }
  }, everyMs);
  await once(process, 'message');
  clearInterval(timer);
  process.send!(counts);
}

if (process.argv[1] === THIS_FILE) await attack(JSON.parse(process.argv[2]!) as HostileChoice);
