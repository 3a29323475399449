import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** A reader that takes nothing for so long is let go: what it has not taken would fill the memory. */
export const STALL_MS = 30_000;

/**
 * Writes a web-standard response to Node's, as fast as the other side takes it. Resolves when it is written or the
 * other side has gone; its body is then cancelled, so that whoever makes it stops at once.
 */
export async function sendResponse(
  response: Response,
  reply: ServerResponse,
  headers: OutgoingHttpHeaders,
  stallMs = STALL_MS,
): Promise<void> {
  const own = Object.fromEntries(response.headers);
  reply.writeHead(response.status, { ...headers, ...own });
  if (!response.body) {
    reply.end();
    return;
  }
  // the head of a stream does not wait for its first event
  if (own['content-type']?.startsWith('text/event-stream')) reply.flushHeaders();
  const reader = response.body.getReader();
  reply.once('close', () => void reader.cancel().catch(() => undefined));
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || reply.destroyed) break;
      if (!reply.write(value)) await takenBy(reply, stallMs);
    }
  } catch {
    // the maker of the body gave up; the end below tells the reader
  } finally {
    reply.end();
    // nothing for what has ended; what was left before its end is told so
    void reader.cancel().catch(() => undefined);
  }
}

/** Resolves when what was written is taken, or the other side has gone; hangs up on one that takes too long. */
function takenBy(reply: ServerResponse, stallMs: number): Promise<void> {
  return new Promise((resolve) => {
    const stall = setTimeout(() => reply.destroy(), stallMs);
    const end = () => {
      clearTimeout(stall);
      reply.off('drain', end).off('close', end);
      resolve();
    };
    reply.on('drain', end).on('close', end);
  });
}

/** An HTTP answer that carries a JSON-RPC error, for what the SDK does not answer itself. */
export function rejection(
  status: number,
  code: number,
  message: string,
  headers: Record<string, string> = {},
): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status, headers });
}
