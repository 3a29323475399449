import { ServerCallContext } from '@a2a-js/sdk/server';
import type { Principal } from '../../../operations/index.js';

export interface A2aCallChoice {
  readonly principal: Principal;
  readonly requestId: string;
  /** 1.0 or 0.3. */
  readonly version: string;
  /** The number of the last event that the client has, where it comes back for the rest. */
  readonly lastEventSeq: number | undefined;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
}

/** The SDK's call context with what this server knows of a call. */
export class A2aCall extends ServerCallContext {
  readonly principal: Principal;
  readonly requestId: string;
  readonly lastEventSeq: number | undefined;
  readonly signal: AbortSignal;
  /** The number of the event that a stream has just given out; undefined for one that has none. */
  streamedSeq: number | undefined;

  constructor({ principal, requestId, version, lastEventSeq, signal }: A2aCallChoice) {
    super({ requestedVersion: version, user: { isAuthenticated: true, userName: principal.id } });
    this.principal = principal;
    this.requestId = requestId;
    this.lastEventSeq = lastEventSeq;
    this.signal = signal;
  }
}
