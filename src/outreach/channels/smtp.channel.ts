import { Readable } from 'node:stream';
import type { Transporter } from 'nodemailer';
import { readBounce } from '../bounces/bounce-codes.js';
import { type ChannelAdapter, type Delivery, type DeliveryResult, SEND_TIMEOUT_MS } from './channel-adapter.js';

/** What nodemailer's errors say of a failed conversation. */
interface SmtpError extends Error {
  code?: string;
  responseCode?: number;
  /** The server's own words, code first. */
  response?: string;
  /** What the reply was to, such as `RCPT TO`. */
  command?: string;
}

/** One address and nothing else: no list, no display name, no line break. */
const ONE_ADDRESS = /^[^\s@,;:<>()"\\]+@[^\s@,;:<>()"\\]+$/;

/**
 * Email over SMTP, one connection a message, with one-click unsubscribe (RFC 8058). A connection lost after the text
 * began to flow is `uncertain`: SMTP has no way to ask whether it arrived.
 */
export class SmtpChannel implements ChannelAdapter {
  readonly name = 'smtp';
  readonly isLocal = false;
  readonly isConnected = true;
  readonly dropsRepeats = false;

  constructor(
    private readonly url: string,
    private readonly from: string,
    private readonly timeoutMs: number = SEND_TIMEOUT_MS,
  ) {}

  async send(delivery: Delivery): Promise<DeliveryResult> {
    if (!ONE_ADDRESS.test(delivery.to))
      return { outcome: 'refused', reason: 'the email address is not one plain address' };
    const { transport, isTextUnderWay } = await this.open();
    try {
      const sent = await transport.sendMail({
        from: this.from,
        to: { name: '', address: delivery.to },
        subject: delivery.subject ?? '',
        text: `${delivery.body}\n\n--\nChoose what you get, pause, or\nUnsubscribe: ${delivery.unsubscribe_url}\n`,
        messageId: `<${delivery.message_id}@${this.domain}>`,
        headers: {
          'List-Unsubscribe': { prepared: true, value: `<${delivery.unsubscribe_url}>` },
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          // RFC 3834: nobody's automatic answer is to answer it
          'Auto-Submitted': 'auto-generated',
          'X-Herald-Message-Id': delivery.message_id,
        },
      });
      return { outcome: 'sent', provider_id: sent.messageId };
    } catch (error) {
      return classifySmtpError(error as SmtpError, isTextUnderWay());
    }
  }

  /**
   * A transport for one message, which can tell whether the server asked for the text: nodemailer's errors do not
   * say.
   */
  private async open(): Promise<{ transport: Transporter; isTextUnderWay: () => boolean }> {
    // loaded with the first message: most processes send none
    const { createTransport } = await import('nodemailer');
    const { timeoutMs } = this;
    const limits = {
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      dnsTimeout: timeoutMs,
    };
    const transport = createTransport({ url: this.url, ...limits, disableFileAccess: true, disableUrlAccess: true });
    let hasBegun = false;
    transport.use('stream', ({ message }, done) => {
      const text = message.createReadStream.bind(message);
      message.createReadStream = (options) =>
        Readable.from(
          (async function* () {
            hasBegun = true;
            yield* text(options);
          })(),
        );
      done();
    });
    return { transport, isTextUnderWay: () => hasBegun };
  }

  private get domain(): string {
    return /@([^\s>]+)/.exec(this.from)?.[1] ?? 'localhost';
  }
}

/**
 * 5yz replies are final and 4yz are not (RFC 5321, 4.2.1). Without a reply all depends on whether the text was under
 * way.
 */
export function classifySmtpError(
  { message, code, responseCode, response, command }: SmtpError,
  isTextUnderWay: boolean,
): DeliveryResult {
  const reason = `SMTP: ${message}`.replace(/\s+/g, ' ').slice(0, 500);
  // a wrong password or sender of ours is no reason to give up a message
  if (code === 'EAUTH') return { outcome: 'retry', reason, refusesUs: true };
  if (responseCode !== undefined && responseCode >= 500) {
    const kind = readBounce(response ?? message, command === 'MAIL FROM')?.kind;
    if (kind === 'sender' || kind === 'policy') return { outcome: 'retry', reason, refusesUs: true };
    return { outcome: 'refused', reason, isBadAddress: kind === 'hard' };
  }
  if (responseCode !== undefined && responseCode >= 400) return { outcome: 'retry', reason };
  if (isTextUnderWay) return { outcome: 'uncertain', reason };
  return { outcome: code === 'EENVELOPE' || code === 'EMESSAGE' ? 'refused' : 'retry', reason };
}
