import { createPrivateKey, sign } from 'node:crypto';
import { AgentCard, type AgentCardSignature, generateAgentCardSignature } from '@a2a-js/sdk';
import { Injectable } from '@nestjs/common';
import { Settings } from '../../../config/index.js';
import { CardKey } from './card-key.js';

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
