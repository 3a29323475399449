import { type JsonWebKey, createECDH, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { readOrCreateSecret } from '../../../auth/index.js';
import { Settings } from '../../../config/index.js';

/** Order of the curve P-256 (FIPS 186-5, SP 800-186 §3.2.1.3). */
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const SEED_BYTES = 32;
/** 128 bits more than the order has, so that the remainder is as good as even (FIPS 186-5, A.2.1). */
const SCALAR_BYTES = 48;

/**
 * The key that signs agent cards: ES256, made from HERALD_JWT_SECRET, which all processes of an installation share,
 * or else from a secret file in the data folder. The public half is open to everybody.
 */
@Injectable()
export class CardKey {
  readonly privateKey: JsonWebKey;
  readonly publicKey: JsonWebKey & { kid: string; use: string; alg: string };

  constructor(settings: Settings) {
    const seed =
      settings.jwtSecret ??
      readOrCreateSecret(settings.ensureDataDir(), 'a2a-card-seed', () => randomBytes(SEED_BYTES).toString('base64url'))
        .value;
    const { d, ...point } = keyFrom(seed);
    this.privateKey = { ...point, d };
    this.publicKey = { ...point, kid: thumbprint(point), use: 'sig', alg: 'ES256' };
  }
}

interface P256Key {
  kty: 'EC';
  crv: 'P-256';
  x: string;
  y: string;
  d: string;
}

function keyFrom(seed: string): P256Key {
  const bits = Buffer.from(hkdfSync('sha256', seed, '', 'herald a2a agent card signing', SCALAR_BYTES));
  const scalar = (BigInt(`0x${bits.toString('hex')}`) % (P256_ORDER - 1n)) + 1n;
  const d = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex');
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(d);
  // 0x04, then both coordinates
  const point = curve.getPublicKey();
  return {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
    d: d.toString('base64url'),
  };
}

/** RFC 7638: the members that define the key, in order of their names. */
function thumbprint({ crv, kty, x, y }: Omit<P256Key, 'd'>): string {
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}
