import type { ChannelAdapter, DeliveryResult } from './channel-adapter.js';

/** The outbox that stays here: messages wait in it unsent, or, in a sandbox, count as sent and go nowhere. */
export class LocalChannel implements ChannelAdapter {
  readonly name = 'local';
  readonly isLocal = true;
  readonly dropsRepeats = true;

  /** @param isConnected whether this is a sandbox, where messages count as sent */
  constructor(readonly isConnected: boolean) {}

  send(): Promise<DeliveryResult> {
    return Promise.resolve({ outcome: 'sent', provider_id: null });
  }
}
