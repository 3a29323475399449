import { isV1JsonRpcMethod } from '@a2a-js/sdk/compat/v0_3';
import { LegacyJsonRpcTransportHandler } from '@a2a-js/sdk/compat/v0_3/server';
import { RequestMalformedError, toJsonRpcError, VersionNotSupportedError } from '@a2a-js/sdk/errors';
import { JsonRpcTransportHandler } from '@a2a-js/sdk/server';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../operations/index.js';
import { Log } from '../../../telemetry/index.js';
import { CallJournal, OUR_FAULT } from '../../wire/index.js';
import { AgentHandler, HandlerParts } from '../agent-handler.js';
import { type Agent, AGENTS } from '../agents/agents.js';
import { A2aCall } from './a2a-call.js';
import { isMethod, whatIsWrongWith } from './check-params.js';
import type { StreamedEvent } from './event-stream.js';
import { routeFaultOf, type RpcFault, toRpcFault, withProtocolErrors } from './protocol-errors.js';
import type { Envelope } from './read-envelope.js';

export interface RpcAnswer {
  readonly jsonrpc: string;
  readonly id: string | number | null;
  readonly result?: unknown;
  readonly error?: RpcFault;
}

export type Dispatched = { readonly answer: RpcAnswer } | { readonly events: AsyncIterable<StreamedEvent> };

export interface NotedCall {
  readonly method: string;
  readonly params: unknown;
  /** Of HTTP. */
  readonly status: number;
  /** Milliseconds. */
  readonly duration: number;
  readonly principal: Principal | undefined;
  readonly agent: Agent | undefined;
}

interface Transport {
  handle(body: Record<string, unknown>, call: A2aCall): Promise<RpcAnswer | AsyncGenerator<RpcAnswer>>;
}

const V1 = '1.0';
export const LEGACY = '0.3';
const INTERNAL_ERROR = -32603;
const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;
const LONGEST_NAME = 100;
const OK = 200;
const BAD_REQUEST = 400;
/**
 * The journal keeps status codes: those that the REST binding has for the protocol's errors, where they are not 400.
 */
const STATUS: Readonly<Record<number, number>> = { [-32001]: 404, [-32601]: 404, [-32603]: 500 };

/** Runs one call of either version against an agent, and notes it in the journal of calls. */
@Injectable()
export class A2aDispatcher {
  private readonly transports: ReadonlyMap<string, Readonly<Record<string, Transport>>>;

  constructor(
    parts: HandlerParts,
    private readonly journal: CallJournal,
    log: Log,
  ) {
    this.transports = new Map(
      AGENTS.map((agent) => {
        const handler = withProtocolErrors(new AgentHandler(agent, parts), (error) =>
          log.error({ error, agent: agent.slug }, 'an A2A call failed'),
        );
        return [
          agent.slug,
          {
            [V1]: new JsonRpcTransportHandler(handler),
            [LEGACY]: new LegacyJsonRpcTransportHandler(handler),
          } as Record<string, Transport>,
        ];
      }),
    );
  }

  async dispatch(agent: Agent, envelope: Envelope, call: A2aCall): Promise<Dispatched> {
    const started = performance.now();
    const note = (fault: RpcFault | undefined): void => {
      const status = fault === undefined ? OK : (STATUS[fault.code] ?? BAD_REQUEST);
      this.record({
        method: envelope.method,
        params: envelope.params,
        status,
        duration: performance.now() - started,
        principal: call.principal,
        agent,
      });
    };
    const transport = this.transports.get(agent.slug)![call.requestedVersion];
    const refuse = (error: RpcFault): Dispatched => {
      note(error);
      return { answer: { jsonrpc: '2.0', id: idOf(envelope), error } };
    };
    if (!transport) {
      return refuse(
        toJsonRpcError(
          new VersionNotSupportedError(
            `version "${call.requestedVersion.slice(0, 20)}" is not served; there are ${V1} and ${LEGACY}`,
          ),
        ),
      );
    }
    const { method, params } = envelope;
    const isOfVersion = isMethod(method) && isV1JsonRpcMethod(method) === (call.requestedVersion === V1);
    if (!isOfVersion)
      return refuse({
        code: METHOD_NOT_FOUND,
        message: `A2A ${call.requestedVersion} has no method "${method.slice(0, LONGEST_NAME)}"`,
      });
    const wrong = whatIsWrongWith(method, params);
    if (wrong !== undefined) return refuse(faultOf(new RequestMalformedError(wrong), call));
    const reply = await transport.handle(envelope, call);
    if (!(Symbol.asyncIterator in reply)) {
      const answer = withoutOurWords(reply);
      note(answer.error);
      return { answer };
    }
    try {
      // what is refused before the first event is an answer, not a stream
      const first = await reply.next();
      note(undefined);
      return { events: eventsOf(first, reply, call, (error) => ({ jsonrpc: '2.0', id: idOf(envelope), error })) };
    } catch (error) {
      return refuse(withoutOurWords({ jsonrpc: '2.0', id: idOf(envelope), error: faultOf(error, call) }).error!);
    }
  }

  /** Every call leaves a row, also one that is refused before it can be read. */
  record({ method, agent, ...call }: NotedCall): void {
    this.journal.record({
      ...call,
      transport: 'HTTP',
      method: `a2a.${method}`,
      target: agent && `a2a://${agent.slug}`,
    });
  }
}

/**
 * The version of a call. Without the header the specification means 0.3; a method that only 1.0 has is answered as
 * 1.0 all the same. Patch numbers do not count.
 */
export function versionOf(shown: string | undefined, method: string): string {
  if (shown === undefined || shown === '') return isV1JsonRpcMethod(method) ? V1 : LEGACY;
  return /^(\d+\.\d+)(\.\d+)?$/.exec(shown)?.[1] ?? shown;
}

function idOf({ id }: Envelope): string | number | null {
  return (id as string | number | undefined) ?? null;
}

async function* eventsOf(
  first: IteratorResult<RpcAnswer>,
  rest: AsyncGenerator<RpcAnswer>,
  call: A2aCall,
  toLast: (fault: RpcFault) => RpcAnswer,
): AsyncGenerator<StreamedEvent> {
  try {
    for (let next = first; !next.done; next = await rest.next()) yield { id: call.streamedSeq, data: next.value };
    if (call.endedBecause) yield { id: undefined, data: toLast(toRpcFault(routeFaultOf(call.endedBecause))) };
  } catch (error) {
    yield { id: undefined, data: toLast(faultOf(error, call)) };
  } finally {
    await rest.return(undefined);
  }
}

function faultOf(error: unknown, { requestedVersion }: A2aCall): RpcFault {
  return requestedVersion === LEGACY
    ? LegacyJsonRpcTransportHandler.mapToLegacyJSONRPCError(error)
    : toJsonRpcError(error);
}

/**
 * An internal error that is not our own wording comes from reading the parameters: they were not what the method
 * takes.
 */
function withoutOurWords(answer: RpcAnswer): RpcAnswer {
  if (answer.error?.code !== INTERNAL_ERROR || answer.error.message.includes(OUR_FAULT)) return answer;
  return { ...answer, error: { code: INVALID_PARAMS, message: 'Invalid params: a field has the wrong type' } };
}
