import { createECDH, createHash, createPrivateKey, hkdfSync, type JsonWebKey, randomBytes, sign } from 'node:crypto';
import { AgentCard, type AgentCardSignature, generateAgentCardSignature } from '@a2a-js/sdk';
import { LegacyRestTransportHandler } from '@a2a-js/sdk/compat/v0_3/server';
import { type A2ARequestHandler, ServerCallContext } from '@a2a-js/sdk/server';
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

export const JWKS_PATH = '/.well-known/jwks.json';

/**
 * Signs cards, each twice, for verifiers do not agree on the text that is signed: the SDKs drop what is empty and
 * what they do not know from the card before they canonicalise it (RFC 8785), others take the JSON as it came. One
 * good signature is enough for either.
 */
@Injectable()
export class CardSigner {
  private readonly header: { alg: string; typ: string; kid: string; jku: string };
  private readonly privateKey;
  private readonly signAsSdk;

  constructor(settings: Settings, { privateKey, publicKey }: CardKey) {
    this.header = { alg: 'ES256', typ: 'JOSE', kid: publicKey.kid, jku: `${settings.publicUrl}${JWKS_PATH}` };
    this.privateKey = createPrivateKey({ key: privateKey, format: 'jwk' });
    this.signAsSdk = generateAgentCardSignature(privateKey, this.header);
  }

  async signed(card: AgentCard): Promise<AgentCard> {
    const asItIs = this.signatureOf(AgentCard.toJSON({ ...card, signatures: [] }) as object);
    const { signatures } = await this.signAsSdk(card);
    return { ...card, signatures: [...signatures, asItIs] };
  }

  /** The card's JSON in another shape, with the signature over the JSON as it came made anew. */
  reshaped({ signatures, ...json }: Record<string, unknown>): object {
    const { protected: header, signature } = this.signatureOf(json);
    return { ...json, signatures: [(signatures as object[])[0], { protected: header, signature }] };
  }

  /** A JWS whose payload is the card itself (RFC 7515, appendix F). */
  private signatureOf(json: object): AgentCardSignature {
    const header = base64url(JSON.stringify(this.header));
    const signature = sign('sha256', Buffer.from(`${header}.${base64url(canonical(json))}`), {
      key: this.privateKey,
      dsaEncoding: 'ieee-p1363',
    });
    return { protected: header, signature: signature.toString('base64url'), header: undefined };
  }
}

/** RFC 8785, for what a card holds: texts, flags, lists and objects. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => {
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return each;
    return Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}

/**
 * A card as JSON for a client of the version. One that names no version may be of either, so it gets the fields of
 * both: clients of 0.3 send no version, and read only what they know.
 */
export async function toWireCard(card: AgentCard, shape: '1.0' | '0.3' | 'both', signer: CardSigner): Promise<object> {
  const now = AgentCard.toJSON(card) as Record<string, unknown>;
  if (shape === '1.0') return now;
  const legacy = await toLegacyCard(card);
  if (shape === '0.3') return signer.reshaped(legacy);
  const securitySchemes = schemesOfBoth(legacy.securitySchemes, now.securitySchemes);
  return signer.reshaped({
    ...legacy,
    ...now,
    securitySchemes,
    capabilities: { ...(legacy.capabilities as object), ...(now.capabilities as object) },
  });
}

/** The SDK translates cards only behind its 0.3 transport, so the card is handed through it. */
async function toLegacyCard(card: AgentCard): Promise<Record<string, unknown>> {
  const only = { getAuthenticatedExtendedAgentCard: async () => card } as unknown as A2ARequestHandler;
  return { ...(await new LegacyRestTransportHandler(only).getAuthenticatedExtendedAgentCard(new ServerCallContext())) };
}

function schemesOfBoth(legacy: unknown, now: unknown): object {
  const [a, b] = [legacy, now] as Record<string, object>[];
  return Object.fromEntries(Object.keys({ ...a, ...b }).map((name) => [name, { ...a![name], ...b![name] }]));
}
