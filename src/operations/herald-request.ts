import type { FastifyRequest } from 'fastify';
import type { Principal } from './principal.js';

/** A request over HTTP, at whichever door. */
export interface HeraldRequest extends FastifyRequest {
  /** Set by the guard that let it in. */
  principal?: Principal;
  /** What became of it stands in the audit row of its command. */
  isJournalled?: boolean;
}
