import { AgentCard } from '@a2a-js/sdk';
import { LegacyRestTransportHandler } from '@a2a-js/sdk/compat/v0_3/server';
import { type A2ARequestHandler, ServerCallContext } from '@a2a-js/sdk/server';
import type { CardSigner } from './card-signer.js';

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
