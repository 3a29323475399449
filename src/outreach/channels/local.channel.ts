import type { ChannelAdapter, DeliveryResult } from './channel-adapter.js';

/** The outbox that stays here: a sent message is its row in `messages`, which the dashboard shows. */
export class LocalChannel implements ChannelAdapter {
  readonly name = 'local';
  readonly isLocal = true;
  readonly dropsRepeats = true;

  send(): Promise<DeliveryResult> {
    return Promise.resolve({ outcome: 'sent', provider_id: null });
  }
}
