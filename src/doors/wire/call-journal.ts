import { Injectable } from '@nestjs/common';
import { Clock, newId } from '../../config/index.js';
import { leadNamedIn } from '../../database/index.js';
import { Journal, type Principal } from '../../operations/index.js';

export interface JournalledCall {
  readonly transport: 'HTTP' | 'WebSocket' | 'stdio';
  /** As the caller wrote it. */
  readonly method: string;
  readonly params: unknown;
  /** As an HTTP status: 200 for an answer. */
  readonly status: number;
  /** Milliseconds. */
  readonly duration: number;
  /** Undefined for one who has not signed in. */
  readonly principal: Principal | undefined;
  readonly target?: string | undefined;
}

const LONGEST_NAME = 100;

/** One row of `mcp_jsonrpc_calls` for each call, the same for every door that speaks JSON-RPC. */
@Injectable()
export class CallJournal {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  record({ transport, method, params, status, duration, principal, target = 'none' }: JournalledCall): void {
    this.journal.recordCall({
      rpc_id: newId('rpc'),
      timestamp: this.clock.iso(),
      transport,
      method: method.slice(0, LONGEST_NAME),
      params_bytes: params === undefined ? 0 : Buffer.byteLength(JSON.stringify(params)),
      duration_ms: Math.round(duration),
      status_code: status,
      source_agent_type: principal?.kind === 'agent' ? principal.name : (principal?.kind ?? 'anonymous'),
      target_resource: target.slice(0, LONGEST_NAME),
      lead_id: leadNamedIn(target),
    });
  }
}

/** An address without its id; undefined for what is none. */
export function targetOfUri(uri: unknown): string | undefined {
  return typeof uri === 'string' ? /^[a-z]+:\/\/[^/#]+/.exec(uri)?.[0] : undefined;
}
