import type { Clock, Settings } from '../../config/index.js';
import type { ChannelAdapter } from './channel-adapter.js';
import { SmtpChannel } from './smtp.channel.js';
import { WebhookChannel } from './webhook.channel.js';

type OpenWire = (settings: Settings, clock: Clock) => ChannelAdapter | null;

/** The adapters by the names that channels know them by; null where the settings do not open the wire. */
export const WIRES: Readonly<Record<string, OpenWire>> = {
  smtp: ({ smtpUrl, smtpFrom }) => (smtpUrl ? new SmtpChannel(smtpUrl, smtpFrom) : null),
  webhook: ({ webhookUrl, webhookSecret }, clock) =>
    webhookUrl && webhookSecret ? new WebhookChannel(webhookUrl, webhookSecret, clock) : null,
};
