import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { createRandom } from '../../src/config/index.js';
import { frameOf } from './hostile-frame.js';

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

async function attack({ port, authorization, sockets, perSecond, seed }: HostileChoice): Promise<void> {
  const random = createRandom(`hostile ${seed}`);
  const counts = { frames: 0, cuts: 0 };
  const open = (): WebSocket => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc`, {
      headers: { authorization },
      perMessageDeflate: false,
    });
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
