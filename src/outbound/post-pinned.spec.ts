import { type RequestListener, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { postPinned } from './post-pinned.js';

const POST = { headers: { 'X-Token': 'secret' }, body: '{"a":1}', timeoutMs: 2_000, maxAnswerBytes: 100 };
const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop()));

/** A server on the loopback, and the way to it under a name that does not exist. */
async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  stops.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  const { port } = server.address() as AddressInfo;
  return { url: new URL(`http://hooks.invalid:${port}/x?y=1`), addresses: [{ address: '127.0.0.1', family: 4 }] };
}

describe('postPinned', () => {
  it('goes to the checked address and never asks for the name again', async () => {
    const seen: unknown[] = [];
    const target = await serve((request, response) => {
      request.setEncoding('utf8').on('data', (body: string) => {
        seen.push(request.method, request.url, request.headers.host, request.headers['x-token'], body);
        response.end('fine');
      });
    });
    expect(await postPinned(target, POST)).toEqual({ status: 200, body: 'fine' });
    expect(seen).toEqual(['POST', '/x?y=1', target.url.host, 'secret', '{"a":1}']);
  });

  it('does not follow a redirect', async () => {
    const target = await serve(
      (_, response) => void response.writeHead(302, { Location: 'http://169.254.169.254/' }).end(),
    );
    expect((await postPinned(target, POST)).status).toBe(302);
  });

  it('reads no more of the answer than it is told to', async () => {
    const target = await serve((_, response) => void response.end('x'.repeat(1_000_000)));
    expect((await postPinned(target, POST)).body).toBe('x'.repeat(100));
  });

  it.each([
    ['says nothing', (): void => undefined],
    [
      'answers by drops',
      (response: import('node:http').ServerResponse): void => {
        const drops = setInterval(() => response.write('.'), 20);
        response.once('close', () => clearInterval(drops));
      },
    ],
  ])('gives up on one that %s', async (_, answer) => {
    const target = await serve((__, response) => answer(response));
    await expect(postPinned(target, { ...POST, timeoutMs: 150, maxAnswerBytes: 1_000_000 })).rejects.toMatchObject({
      name: expect.stringMatching(/Abort|Timeout/),
    });
  });

  it('has nowhere to go without a checked address', async () => {
    await expect(postPinned({ url: new URL('http://hooks.invalid/'), addresses: [] }, POST)).rejects.toMatchObject({
      message: expect.stringContaining('no checked address'),
    });
  });
});
