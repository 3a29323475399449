import type { JSONRPCRequest, ScopeChallenge } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { hasScope, OperationBus, type Principal, ResourcePort } from '../../operations/index.js';
import { Offerings } from './offerings.js';

/**
 * A call of something that the caller's scopes do not open is answered with 403 and the scope that would (RFC 6750
 * `insufficient_scope`), so that a client can ask for more and try again. It is not listed either: least is shown.
 */
@Injectable()
export class ScopeChallenges {
  constructor(
    private readonly offerings: Offerings,
    private readonly operations: OperationBus,
    private readonly port: ResourcePort,
  ) {}

  find({ method, params }: JSONRPCRequest, principal: Principal): ScopeChallenge | undefined {
    const scope = this.scopeOf(method, params ?? {});
    if (scope == null || hasScope(principal, scope)) return undefined;
    this.note(method, params ?? {}, scope, principal);
    return { scopes: [scope], errorDescription: `this needs the scope ${scope}` };
  }

  /**
   * A refusal leaves the same trace as one further in: in the security journal, or as an access that did not succeed.
   */
  private note(method: string, { name, uri }: Record<string, unknown>, scope: string, principal: Principal): void {
    if (typeof uri === 'string') this.port.noteRefused(uri, principal);
    else this.operations.noteRefusal(principal, `${method} ${String(name)}`, scope);
  }

  private scopeOf(method: string, { name, uri }: Record<string, unknown>): string | null | undefined {
    if (method === 'tools/call' && typeof name === 'string') return this.offerings.tool(name)?.scope;
    if (method === 'prompts/get' && typeof name === 'string') return this.offerings.prompt(name)?.scope;
    if ((method === 'resources/read' || method === 'resources/subscribe') && typeof uri === 'string')
      return this.offerings.scopeAt(uri);
    return undefined;
  }
}
