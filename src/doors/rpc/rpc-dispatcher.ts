import { Injectable } from '@nestjs/common';
import { RateLimiter } from '../../auth/index.js';
import type { Principal } from '../../operations/index.js';
import { Log } from '../../telemetry/index.js';
import { CallJournal, statusOf, targetOfUri, toAppError } from '../wire/index.js';
import {
  answerMessage,
  type Entry,
  envelopeError,
  isBroken,
  type RpcMessage,
  type RpcOutcome,
  toRpcError,
} from './envelope.js';
import type { EventSubscriptions } from './event-subscriptions.js';
import { RpcMethods } from './rpc-methods.js';

export interface RpcCaller {
  /** Undefined for one who has yet to sign in. */
  readonly principal: Principal | undefined;
  readonly transport: 'HTTP' | 'WebSocket';
  readonly requestId: string;
  readonly subscriptions?: EventSubscriptions;
}

export interface SignedInCaller extends RpcCaller {
  readonly principal: Principal;
  /** Calls of this message that the rate limit has counted already: one for an HTTP request, none for a frame. */
  readonly countedCalls: number;
}

const LONGEST_NAME = 100;
const OK = 200;

/** Runs the calls of a message for one caller, the same for both transports: rate limit → method → its journal row. */
@Injectable()
export class RpcDispatcher {
  constructor(
    private readonly methods: RpcMethods,
    private readonly limiter: RateLimiter,
    private readonly journal: CallJournal,
    private readonly log: Log,
  ) {}

  /** @returns the answer's text; undefined where nothing is to be answered */
  answer(message: RpcMessage, caller: SignedInCaller): Promise<string | undefined> {
    let counted = caller.countedCalls;
    return answerMessage(message, (entry) =>
      this.perform(entry, caller, async () => {
        if (counted-- <= 0) this.limiter.count(caller.principal, 'calls');
        if (isBroken(entry)) throw envelopeError(entry.broken);
        return this.methods.get(entry.method).call(entry.params, caller);
      }),
    );
  }

  /** The answer to a message of which nothing is run. */
  refuse(message: RpcMessage, error: unknown, caller: RpcCaller): Promise<string | undefined> {
    return answerMessage(message, (entry) => this.perform(entry, caller, () => Promise.reject(toAppError(error))));
  }

  /** Does what an entry asks for, whatever that is, words what went wrong, and leaves a row in the journal of calls. */
  async perform(entry: Entry, caller: RpcCaller, work: () => Promise<unknown>): Promise<RpcOutcome> {
    const started = performance.now();
    let status = OK;
    try {
      return { result: await work() };
    } catch (exception) {
      const error = toAppError(exception);
      status = statusOf(error);
      if (error.kind === 'internal') {
        this.log.error(
          { error: exception, request_id: caller.requestId, method: entry.method.slice(0, LONGEST_NAME) },
          'a call failed',
        );
      }
      return { error: toRpcError(error, caller.requestId) };
    } finally {
      this.record(entry, caller, status, performance.now() - started);
    }
  }

  private record(entry: Entry, { principal, transport }: RpcCaller, status: number, duration: number): void {
    const { method } = entry;
    const params = isBroken(entry) ? undefined : entry.params;
    const target = this.methods.find(method)?.target;
    // a resource method is about the resource that it names
    const about = target === 'resource' ? targetOfUri(Array.isArray(params) ? params[0] : params?.uri) : target;
    this.journal.record({ transport, method, params, status, duration, principal, target: about });
  }
}
