import { Injectable } from '@nestjs/common';
import { RateLimiter } from '../../auth/index.js';
import { type Principal, limited } from '../../operations/index.js';
import { Log } from '../../telemetry/index.js';
import { CallJournal, statusOf, targetOfUri, toAppError } from '../json-rpc/index.js';
import { type RpcOutcome, answerMessage } from './answer-message.js';
import type { RpcCall, RpcMessage, RpcParams } from './envelope.js';
import { toEnvelopeError, toRpcError } from './rpc-error.js';
import type { EventSubscriptions } from './event-subscriptions.js';
import { type RpcMethod, RpcMethods } from './rpc-methods.js';

export interface RpcCaller {
  readonly principal: Principal;
  readonly transport: 'HTTP' | 'WebSocket';
  readonly requestId: string;
  /** Calls of this message that the rate limit has counted already: one for an HTTP request, none for a frame. */
  readonly countedCalls: number;
  readonly subscriptions?: EventSubscriptions;
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
  answer(message: RpcMessage, caller: RpcCaller): Promise<string | undefined> {
    let counted = caller.countedCalls;
    return answerMessage(message, {
      run: (call) => this.run(call, caller, counted-- > 0),
      refuse: (fault) => toEnvelopeError(fault, caller.requestId),
    });
  }

  private async run(call: RpcCall, caller: RpcCaller, isCounted: boolean): Promise<RpcOutcome> {
    const started = performance.now();
    let method: RpcMethod | undefined;
    let status = OK;
    try {
      if (!isCounted) this.count(caller.principal);
      method = this.methods.get(call.method);
      return { result: await method.call(call.params, caller) };
    } catch (exception) {
      const error = toAppError(exception);
      status = statusOf(error);
      if (error.kind === 'internal') {
        this.log.error({ error: exception, request_id: caller.requestId, method: call.method.slice(0, LONGEST_NAME) }, 'a call failed');
      }
      return { error: toRpcError(error, caller.requestId) };
    } finally {
      this.record(call, caller, method, status, performance.now() - started);
    }
  }

  private count(principal: Principal): void {
    const allowance = this.limiter.take(principal);
    if (allowance?.isAllowed === false) throw limited(`more than ${allowance.limit} calls a minute`, allowance.retryAfterSeconds);
  }

  private record({ method: name, params }: RpcCall, { principal, transport }: RpcCaller, method: RpcMethod | undefined, status: number, ms: number): void {
    this.journal.record({ transport, method: name, params, status, duration: ms, principal, target: method && targetOf(method, params) });
  }
}

/** A resource method is about the resource that it names. */
function targetOf({ target }: RpcMethod, params: RpcParams | undefined): string | undefined {
  return target === 'resource' ? targetOfUri(Array.isArray(params) ? params[0] : params?.uri) : target;
}
