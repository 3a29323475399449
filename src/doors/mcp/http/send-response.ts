import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/**
 * Writes a web-standard response to Node's, as fast as the other side takes it. Resolves when it is written or the other side has gone; its body
 * is then cancelled, so that whoever makes it stops at once.
 */
export async function sendResponse(response: Response, reply: ServerResponse, headers: OutgoingHttpHeaders): Promise<void> {
  const own = Object.fromEntries(response.headers);
  reply.writeHead(response.status, { ...headers, ...own });
  if (!response.body) {
    reply.end();
    return;
  }
  reply.flushHeaders();
  const reader = response.body.getReader();
  const gone = new Promise<void>((resolve) => reply.once('close', resolve));
  void gone.then(() => reader.cancel()).catch(() => undefined);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || reply.destroyed) break;
      if (!reply.write(value)) await Promise.race([new Promise<void>((resolve) => reply.once('drain', resolve)), gone]);
    }
  } catch {
    // the maker of the body gave up; the end below tells the reader
  } finally {
    reply.end();
  }
}
