import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { readOrCreateSecret } from '../auth/index.js';
import { Settings } from '../config/index.js';
import { CHANNEL, type Channel, CHANNELS } from '../vocabulary/index.js';

/** Makes and reads the links by which a recipient opts out. */
@Injectable()
export class UnsubscribeLinks {
  private secret: string | undefined;

  constructor(private readonly settings: Settings) {}

  urlFor(claim: UnsubscribeClaim): string {
    return `${this.settings.publicUrl}/unsubscribe/${makeUnsubscribeToken(this.key, claim)}`;
  }

  /** What the token says, or null if it is not one of ours. */
  read(token: string): UnsubscribeClaim | null {
    return readUnsubscribeToken(this.key, token);
  }

  /** By which processes see whether they sign with the same secret; it does not give the secret away. */
  get fingerprint(): string {
    return createHmac('sha256', this.key).update('fingerprint.v1').digest('hex').slice(0, 32);
  }

  /** The secret that all processes share where one is set, else one kept in the data folder. */
  private get key(): string {
    const { jwtSecret, dataDir } = this.settings;
    return (this.secret ??=
      jwtSecret ?? readOrCreateSecret(dataDir, 'unsubscribe-key', () => randomBytes(32).toString('base64url')).value);
  }
}

/** What an unsubscribe link is about. It holds no address, only its hash, and works after the lead is gone. */
export interface UnsubscribeClaim {
  readonly channel: Channel;
  readonly address_hash: string;
  readonly message_id: string;
}

const MAC_BYTES = 16;
const HASH_BYTES = 32;
const HEAD_BYTES = MAC_BYTES + 1 + HASH_BYTES;
const ID_PREFIX = 'msg_';

/**
 * A link's token, base64url of: HMAC-SHA256 cut to 128 bits, channel, address hash, message id without its prefix. 95
 * characters, as servers and mail programs dislike long paths (Fastify takes 100 in a parameter). It never expires:
 * an old email's link must work too.
 */
export function makeUnsubscribeToken(secret: string, { channel, address_hash, message_id }: UnsubscribeClaim): string {
  const id = Buffer.from(message_id.startsWith(ID_PREFIX) ? message_id.slice(ID_PREFIX.length) : '');
  const payload = Buffer.concat([Buffer.from([CHANNEL[channel].code]), Buffer.from(address_hash, 'hex'), id]);
  return Buffer.concat([sign(secret, payload), payload]).toString('base64url');
}

/** What the token says, or null if this server did not make it. */
export function readUnsubscribeToken(secret: string, token: string): UnsubscribeClaim | null {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length < HEAD_BYTES || bytes.toString('base64url') !== token) return null;
  const payload = bytes.subarray(MAC_BYTES);
  if (!timingSafeEqual(bytes.subarray(0, MAC_BYTES), sign(secret, payload))) return null;
  const channel = CHANNELS.find((each) => CHANNEL[each].code === payload[0])!;
  const [hash, id] = [payload.subarray(1, 1 + HASH_BYTES), payload.subarray(1 + HASH_BYTES)];
  return { channel, address_hash: hash.toString('hex'), message_id: ID_PREFIX + id.toString() };
}

/** The prefix keeps these signatures apart from any other use of the same secret. */
function sign(secret: string, payload: Buffer): Buffer {
  return createHmac('sha256', secret).update('unsubscribe.v1.').update(payload).digest().subarray(0, MAC_BYTES);
}
