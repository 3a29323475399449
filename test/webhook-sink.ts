import { type IncomingHttpHeaders, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SinkCall {
  headers: IncomingHttpHeaders;
  body: string;
}

/**
 * A webhook receiver that keeps what it is given, on a free port of this machine. `answer` may be changed between
 * calls.
 */
export async function startWebhookSink() {
  const calls: SinkCall[] = [];
  const accept = (response: ServerResponse) =>
    void response.setHeader('content-type', 'application/json').end('{"id":"provider-1"}');
  const sink = { calls, answer: accept, url: '', stop };
  const server = createServer((request, response) => {
    let body = '';
    request
      .setEncoding('utf8')
      .on('data', (chunk: string) => (body += chunk))
      .on('end', () => {
        calls.push({ headers: request.headers, body });
        sink.answer(response);
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  sink.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return sink;

  async function stop(): Promise<void> {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
