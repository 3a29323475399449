import type { Channel } from '../../vocabulary/index.js';

/** What a wire needs to know to deliver one message, and nothing more about the lead. */
export interface Delivery {
  readonly message_id: string;
  readonly lead_id: string;
  readonly campaign_id: string | null;
  readonly variant_id: string | null;
  readonly channel: Channel;
  readonly to: string;
  readonly subject: string | null;
  readonly body: string;
  /** Where the recipient opts out: a GET shows a form, a POST does it (RFC 8058). */
  readonly unsubscribe_url: string;
}

/** Every answer of a wire falls into one of these; an adapter's `send` never throws. */
export type DeliveryResult =
  | { readonly outcome: 'sent'; readonly provider_id: string | null }
  /** Not delivered, and trying again would change nothing. */
  | { readonly outcome: 'refused'; readonly reason: string; readonly isBadAddress?: boolean }
  /** Not delivered (or the receiver drops repeats): may be tried again. */
  | {
      readonly outcome: 'retry';
      readonly reason: string;
      readonly afterSeconds?: number;
      /** The other side refuses us, not this recipient: the channel rests. */
      readonly refusesUs?: boolean;
    }
  /** Perhaps delivered: trying again could send it twice. */
  | { readonly outcome: 'uncertain'; readonly reason: string };

/** One way to the outside. */
export interface ChannelAdapter {
  /** As the channels' table names it; `local` for what stays here. */
  readonly name: string;
  /** Delivery is a row of this database, so it belongs to the unit that claims the slot. */
  readonly isLocal: boolean;
  /** What it takes goes out; false where the settings open no wire, so that messages wait here and are not sent. */
  readonly isConnected: boolean;
  /** The receiver drops what it has seen under the same message id, so an attempt of unknown end may be repeated. */
  readonly dropsRepeats: boolean;
  send(delivery: Delivery): Promise<DeliveryResult>;
}

/** Longest time that one attempt may take. */
export const SEND_TIMEOUT_MS = 60_000;
