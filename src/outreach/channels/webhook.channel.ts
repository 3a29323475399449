import { createHmac } from 'node:crypto';
import type { Clock } from '../../config/index.js';
import { type ChannelAdapter, type Delivery, type DeliveryResult, SEND_TIMEOUT_MS } from './channel-adapter.js';

const LONGEST_ANSWER = 16_384;
/** 4xx answers that ask to come back. */
const COME_BACK = new Set([408, 409, 425, 429]);

/**
 * SMS, social, advertising and call tasks through the operator's own receiver: a POST signed as Standard Webhooks
 * say. The message id is the `webhook-id` on every attempt, by which receivers drop repeats; so an attempt of unknown
 * end is repeated.
 */
export class WebhookChannel implements ChannelAdapter {
  readonly name = 'webhook';
  readonly isLocal = false;
  readonly isConnected = true;
  readonly dropsRepeats = true;

  constructor(
    private readonly url: string,
    private readonly secret: string,
    private readonly clock: Clock,
    private readonly timeoutMs: number = SEND_TIMEOUT_MS,
  ) {}

  async send(delivery: Delivery): Promise<DeliveryResult> {
    const now = this.clock.now();
    const body = JSON.stringify({ type: 'message.send', timestamp: now.toISOString(), data: delivery });
    const signature = signWebhook(this.secret, delivery.message_id, now, body);
    try {
      const response = await fetch(this.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'Herald', ...signature },
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      return await readAnswer(response);
    } catch (error) {
      const { message, cause } = error as Error;
      return { outcome: 'retry', reason: `webhook: ${cause instanceof Error ? cause.message : message}` };
    }
  }
}

async function readAnswer(response: Response): Promise<DeliveryResult> {
  if (response.ok) return { outcome: 'sent', provider_id: await readProviderId(response) };
  await response.body?.cancel();
  const reason = `webhook answered ${response.status}`;
  if (response.status === 401 || response.status === 403) return { outcome: 'retry', reason, refusesUs: true };
  if (response.status < 500 && !COME_BACK.has(response.status)) return { outcome: 'refused', reason };
  const afterSeconds = Number(response.headers.get('retry-after'));
  return { outcome: 'retry', reason, ...(afterSeconds > 0 && { afterSeconds }) };
}

/** The receiver may name its own id as `{"id": "…"}`; any other answer is as good a yes. */
async function readProviderId(response: Response): Promise<string | null> {
  const length = Number(response.headers.get('content-length'));
  if (!(length > 0 && length <= LONGEST_ANSWER)) {
    await response.body?.cancel();
    return null;
  }
  try {
    const { id } = (await response.json()) as { id?: unknown };
    return typeof id === 'string' ? id.slice(0, 200) : null;
  } catch {
    return null;
  }
}

export interface WebhookHeaders {
  readonly 'webhook-id': string;
  /** Seconds since 1970. */
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

/**
 * The headers of Standard Webhooks (https://www.standardwebhooks.com): `v1,` and base64 of
 * HMAC-SHA256(secret, "<id>.<timestamp>.<body>").
 * @param secret `whsec_` and base64 of the key; any other text is the key itself
 * @param body the exact text that is sent
 */
export function signWebhook(secret: string, id: string, at: Date, body: string): WebhookHeaders {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const key = secret.startsWith('whsec_')
    ? Buffer.from(secret.slice('whsec_'.length), 'base64')
    : Buffer.from(secret, 'utf8');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
