import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { CheckedTarget, ResolvedAddress } from './outbound-guard.js';

export interface PinnedPost {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  /** Of the answer; the rest is not read. */
  readonly maxAnswerBytes: number;
}

export interface PinnedAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * POSTs to the addresses that were checked and to no others: the name is not looked up again, no connection is
 * shared, and a redirect is an answer like any other.
 * @throws Error when no answer came in time
 */
export function postPinned(
  { url, addresses }: CheckedTarget,
  { headers, body, timeoutMs, maxAnswerBytes }: PinnedPost,
): Promise<PinnedAnswer> {
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = send(url, {
      method: 'POST',
      agent: false,
      lookup: lookupAmong(addresses),
      headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
      // over the whole exchange, so that an answer by drops ends too
      signal: AbortSignal.timeout(timeoutMs),
    });
    request.on('error', reject);
    request.on('response', (response) => void readAnswer(response, maxAnswerBytes).then(resolve, reject));
    request.end(body);
  });
}

async function readAnswer(response: IncomingMessage, maxBytes: number): Promise<PinnedAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, maxBytes - bytes));
    bytes += chunk.length;
    // leaving the loop closes the connection
    if (bytes >= maxBytes) break;
  }
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') };
}

/** Answers with the checked addresses whatever name it is asked for. */
function lookupAmong(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_name, options, done) => {
    const wanted =
      options.family === 4 || options.family === 6
        ? addresses.filter(({ family }) => family === options.family)
        : addresses;
    const [first] = wanted;
    if (!first) done(new Error('no checked address of the wanted family'), '');
    else if (options.all) done(null, [...wanted]);
    else done(null, first.address, first.family);
  };
}
