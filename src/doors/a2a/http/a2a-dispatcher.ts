import { JsonRpcTransportHandler } from '@a2a-js/sdk/server';
import { LegacyJsonRpcTransportHandler } from '@a2a-js/sdk/compat/v0_3/server';
import { isV1JsonRpcMethod } from '@a2a-js/sdk/compat/v0_3';
import { VersionNotSupportedError, toJsonRpcError } from '@a2a-js/sdk/errors';
import { Injectable } from '@nestjs/common';
import { Clock, newId } from '../../../config/index.js';
import { Journal, McpJsonrpcCall } from '../../../operations/index.js';
import { Log } from '../../../telemetry/index.js';
import { AgentHandler, HandlerParts } from '../agent-handler.js';
import { AGENTS, type Agent } from '../agents/agents.js';
import { A2aCall } from './a2a-call.js';
import type { StreamedEvent } from './event-stream.js';
import { OUR_FAULT, withProtocolErrors } from './protocol-errors.js';
import type { Envelope } from './read-envelope.js';

export interface RpcAnswer {
  readonly jsonrpc: string;
  readonly id: string | number | null;
  readonly result?: unknown;
  readonly error?: RpcFault;
}

export interface RpcFault {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

export type Dispatched = { readonly answer: RpcAnswer } | { readonly events: AsyncIterable<StreamedEvent> };

interface Transport {
  handle(body: Record<string, unknown>, call: A2aCall): Promise<RpcAnswer | AsyncGenerator<RpcAnswer>>;
}

const V1 = '1.0';
export const LEGACY = '0.3';
const INTERNAL_ERROR = -32603;
const INVALID_PARAMS = -32602;
const LONGEST_NAME = 100;
const OK = 200;
/** The journal keeps status codes; those of the protocol's errors are of its REST binding. */
const STATUS: Readonly<Record<number, number>> = {
  [-32001]: 404, [-32002]: 409, [-32004]: 400, [-32005]: 415, [-32009]: 400, [-32601]: 404, [-32602]: 400, [-32603]: 500,
};

/** Runs one call of either version against an agent, and notes it in the journal of calls. */
@Injectable()
export class A2aDispatcher {
  private readonly transports: ReadonlyMap<string, Readonly<Record<string, Transport>>>;

  constructor(
    parts: HandlerParts,
    private readonly journal: Journal,
    private readonly clock: Clock,
    log: Log,
  ) {
    this.transports = new Map(AGENTS.map((agent) => {
      const handler = withProtocolErrors(new AgentHandler(agent, parts), (error) => log.error({ error, agent: agent.slug }, 'an A2A call failed'));
      return [agent.slug, { [V1]: new JsonRpcTransportHandler(handler), [LEGACY]: new LegacyJsonRpcTransportHandler(handler) } as Record<string, Transport>];
    }));
  }

  async dispatch(agent: Agent, envelope: Envelope, call: A2aCall): Promise<Dispatched> {
    const started = performance.now();
    const note = (fault: RpcFault | undefined): void => this.record(agent, envelope, call, fault, performance.now() - started);
    const transport = this.transports.get(agent.slug)![call.requestedVersion];
    if (!transport) {
      const error = toJsonRpcError(new VersionNotSupportedError(`version "${call.requestedVersion.slice(0, 20)}" is not served; there are ${V1} and ${LEGACY}`));
      note(error);
      return { answer: { jsonrpc: '2.0', id: idOf(envelope), error } };
    }
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
      return { events: eventsOf(first, reply, call, (error) => ({ jsonrpc: '2.0', id: idOf(envelope), error: faultOf(error, call) })) };
    } catch (error) {
      const answer = withoutOurWords({ jsonrpc: '2.0', id: idOf(envelope), error: faultOf(error, call) });
      note(answer.error);
      return { answer };
    }
  }

  private record(agent: Agent, { method, params }: Envelope, { principal }: A2aCall, fault: RpcFault | undefined, ms: number): void {
    this.journal.record(McpJsonrpcCall, {
      rpc_id: newId('rpc'),
      timestamp: this.clock.iso(),
      transport: 'HTTP',
      method: `a2a.${method.slice(0, LONGEST_NAME)}`,
      params_bytes: params === undefined ? 0 : Buffer.byteLength(JSON.stringify(params)),
      duration_ms: Math.round(ms),
      status_code: fault === undefined ? OK : (STATUS[fault.code] ?? 400),
      source_agent_type: principal.kind === 'agent' ? principal.name : principal.kind,
      target_resource: `a2a://${agent.slug}`,
    });
  }
}

/**
 * The version of a call. Without the header the specification means 0.3; a method that only 1.0 has is answered as 1.0 all the
 * same. Patch numbers do not count.
 */
export function versionOf(shown: string | undefined, method: string): string {
  if (shown === undefined || shown === '') return isV1JsonRpcMethod(method) ? V1 : LEGACY;
  return /^(\d+\.\d+)(\.\d+)?$/.exec(shown)?.[1] ?? shown;
}

function idOf({ id }: Envelope): string | number | null {
  return (id as string | number | undefined) ?? null;
}

async function* eventsOf(
  first: IteratorResult<RpcAnswer>, rest: AsyncGenerator<RpcAnswer>, call: A2aCall, toLast: (error: unknown) => RpcAnswer,
): AsyncGenerator<StreamedEvent> {
  try {
    for (let next = first; !next.done; next = await rest.next()) yield { id: call.streamedSeq, data: next.value };
  } catch (error) {
    yield { id: undefined, data: toLast(error) };
  } finally {
    await rest.return(undefined);
  }
}

function faultOf(error: unknown, { requestedVersion }: A2aCall): RpcFault {
  return requestedVersion === LEGACY ? LegacyJsonRpcTransportHandler.mapToLegacyJSONRPCError(error) : toJsonRpcError(error);
}

/** An internal error that is not our own wording comes from reading the parameters: they were not what the method takes. */
function withoutOurWords(answer: RpcAnswer): RpcAnswer {
  if (answer.error?.code !== INTERNAL_ERROR || answer.error.message.includes(OUR_FAULT)) return answer;
  return { ...answer, error: { code: INVALID_PARAMS, message: 'Invalid params: a field has the wrong type' } };
}
