import { Injectable } from '@nestjs/common';
import { Clock, Settings } from '../../config/index.js';
import type { ChannelAdapter } from './channel-adapter.js';
import { LocalChannel } from './local.channel.js';
import { SmtpChannel } from './smtp.channel.js';
import { WebhookChannel } from './webhook.channel.js';
import type { Channel } from '../../vocabulary/index.js';

/**
 * Which wire carries which channel, as the settings say: email by SMTP, the rest by webhook, and what has no wire
 * stays here.
 */
@Injectable()
export class ChannelRouter {
  private readonly email: ChannelAdapter;
  private readonly others: ChannelAdapter;

  constructor(settings: Settings, clock: Clock) {
    const local = new LocalChannel();
    const { smtpUrl, smtpFrom, webhookUrl, webhookSecret } = settings;
    this.email = smtpUrl ? new SmtpChannel(smtpUrl, smtpFrom) : local;
    this.others = webhookUrl && webhookSecret ? new WebhookChannel(webhookUrl, webhookSecret, clock) : local;
  }

  adapterFor(channel: Channel): ChannelAdapter {
    return channel === 'Email' ? this.email : this.others;
  }
}
