import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { sendResponse } from './send-response.js';

describe('sending a response that goes on', () => {
  let server: Server;
  let cancelled: Promise<void>;

  /** Answers with as much as the other side takes. */
  const start = async (stallMs: number): Promise<number> => {
    let noteCancel: () => void;
    cancelled = new Promise((resolve) => (noteCancel = resolve));
    const chunk = new TextEncoder().encode(`data: ${'x'.repeat(65_536)}\n\n`);
    server = createServer((_, reply) => {
      const body = new ReadableStream({ pull: (controller) => controller.enqueue(chunk), cancel: () => noteCancel() });
      void sendResponse(new Response(body, { headers: { 'content-type': 'text/event-stream' } }), reply, {}, stallMs);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  const ask = (port: number): Socket => {
    const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'));
    return socket.on('error', () => undefined);
  };

  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it('lets go of a reader that takes nothing, and whoever makes the body stops', async () => {
    const socket = ask(await start(200));
    socket.pause();
    await cancelled;
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
  });

  it('goes on for a reader that takes it, until that one hangs up', async () => {
    // a busy machine holds a reader up, too
    const socket = ask(await start(5_000));
    let taken = 0;
    await new Promise<void>((resolve) =>
      socket.on('data', ({ length }) => (taken += length) > 20_000_000 && resolve()),
    );
    socket.destroy();
    await cancelled;
  });
});
