import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import type { BareServer } from './bare-server.js';

const THIS_FILE = fileURLToPath(import.meta.url);

/**
 * The limit that the WebSocket door is held against: `ws` alone, which sends each JSON-RPC call back as its own
 * answer, in a process of its own.
 */
export async function startBareEcho(): Promise<BareServer> {
  const child = fork(THIS_FILE);
  const [port] = (await once(child, 'message')) as [number];
  return {
    port,
    stop: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function serve(): Promise<void> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  server.on('connection', (socket) =>
    socket.on('message', (data: Buffer) => {
      const { id, params } = JSON.parse(data.toString()) as { id: number; params: object };
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, result: params }));
    }),
  );
  await once(server, 'listening');
  process.send!((server.address() as { port: number }).port);
}

if (process.argv[1] === THIS_FILE) await serve();
