import { Injectable } from '@nestjs/common';
import { Clock, Settings } from '../../config/index.js';
import { OutboundGuard, postPinned } from '../../outbound/index.js';
import { signWebhook } from '../../outreach/index.js';
import type { ComposedNotice, ToldItem } from './compose-notice.js';
import type { NotificationRule } from './notification-rule.entity.js';

const TIMEOUT_MS = 15_000;
const MAX_ANSWER_BYTES = 1_024;
const GONE = 410;

/** The receiver says that it wants no more calls (Standard Webhooks: 410). */
export class GoneError extends Error {}

interface OutgoingNotice extends ComposedNotice {
  readonly items: readonly ToldItem[];
}

/** The ways to people: mail through the server's relay, and webhooks that are signed as Standard Webhooks say. */
@Injectable()
export class NoticeWires {
  constructor(
    private readonly settings: Settings,
    private readonly guard: OutboundGuard,
    private readonly clock: Clock,
  ) {}

  /**
   * @param to the address of a mail; null for a webhook
   * @param id the same for each try, so that receivers can drop repeats
   * @throws Error when it did not arrive, so far as is known
   */
  send(rule: NotificationRule, to: string | null, notice: OutgoingNotice, id: string): Promise<void> {
    return to === null ? this.post(rule, notice, id) : this.mail(to, notice, id);
  }

  private async mail(to: string, { subject, text }: OutgoingNotice, id: string): Promise<void> {
    const { smtpUrl: url, smtpFrom: from } = this.settings;
    if (url === undefined) throw new Error('mail needs the setting HERALD_SMTP_URL');
    // loaded with the first mail: many processes send none
    const { createTransport } = await import('nodemailer');
    const limits = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS };
    const transport = createTransport({ url, ...limits, disableFileAccess: true, disableUrlAccess: true });
    const domain = /@([^\s>]+)/.exec(from)?.[1] ?? 'localhost';
    await transport.sendMail({
      from,
      to: { name: '', address: to },
      subject,
      text,
      messageId: `<${id}@${domain}>`,
      // so that absence notes are not sent back (RFC 3834)
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
  }

  /** `text` is what chats show. */
  private async post({ url, secret }: NotificationRule, { subject, text, items }: OutgoingNotice, id: string) {
    const now = this.clock.now();
    const body = JSON.stringify({
      type: 'inbox.notice',
      timestamp: now.toISOString(),
      text: items.length === 1 ? text : `${subject}\n\n${text}`,
      data: { items },
    });
    const target = await this.guard.check(url!);
    const { status } = await postPinned(target, {
      headers: { 'content-type': 'application/json', 'user-agent': 'Herald', ...signWebhook(secret!, id, now, body) },
      body,
      timeoutMs: TIMEOUT_MS,
      maxAnswerBytes: MAX_ANSWER_BYTES,
    });
    if (status === GONE) throw new GoneError('the webhook answered 410: it wants no more calls');
    if (status < 200 || status >= 300) throw new Error(`the webhook answered ${status}`);
  }
}
