import { Injectable } from '@nestjs/common';
import { Clock, newId } from '../config/index.js';
import { type Unit, leadNamedIn } from '../database/index.js';
import { AppError, forbidden } from '../errors/index.js';
import { Journal } from './journal/journal.js';
import { McpResourceAccess } from './journal/transport.entities.js';
import { type Principal, SYSTEM, hasScope } from './principal.js';

export interface ResourceAccess {
  principal: Principal;
  /** The open unit, where the caller has one: it then sees its own writes. */
  unit?: Unit;
  /**
   * What the caller has read in that unit already, for a view that says in what form it takes it. Never from outside.
   */
  held?: unknown;
  /** The door and the request that it came by, for the audit. */
  door?: string;
  requestId?: string;
}

/** What stands behind one resource address, such as `db://leads`. Methods left out are not offered. */
export interface ResourceProvider {
  /** Several for a view that is made of several resources: a reader needs every one. */
  readScope: string | readonly string[];
  writeScope: string;
  read?: (path: string, query: Record<string, unknown>, access: ResourceAccess) => Promise<unknown>;
  search?: (query: Record<string, unknown>, access: ResourceAccess) => Promise<unknown>;
  write?: (path: string, data: Record<string, unknown>, access: ResourceAccess) => Promise<unknown>;
}

type Verb = 'read' | 'search' | 'write';
const SQL_WORD: Record<Verb, string> = { read: 'SELECT', search: 'QUERY', write: 'UPSERT' };

/**
 * The agents' way to data: the same resources, scopes and access rows as an MCP client gets from outside, called in
 * process. Modules that own data register a provider for each address at start-up.
 */
@Injectable()
export class ResourcePort {
  private readonly providers = new Map<string, ResourceProvider>();

  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  /** @param uri the address without an id, as `db://leads`, or a view of it, as `db://leads#triage_facts` */
  register(uri: string, provider: ResourceProvider): void {
    if (this.providers.has(uri)) throw new Error(`the resource ${uri} is registered twice`);
    this.providers.set(uri, provider);
  }

  addresses(): string[] {
    return [...this.providers.keys()].sort();
  }

  /**
   * The scope that opens an address which doors offer by itself; views, which need several, are no such addresses.
   * @throws AppError not_found for what is no address
   */
  readScopeOf(uri: string): string {
    return scopesOf(this.find(uri).provider.readScope)[0]!;
  }

  read<T = unknown>(uri: string, query: Record<string, unknown>, access: ResourceAccess): Promise<T> {
    return this.access('read', uri, access, (provider, path) => provider.read?.(path, query, access)) as Promise<T>;
  }

  /**
   * A `view` in the query names a provider of its own, registered as `db://leads#the_view`: facts made from several
   * tables.
   */
  search<T = unknown>(uri: string, query: Record<string, unknown>, access: ResourceAccess): Promise<T> {
    const address = query.view === undefined ? uri : `${uri}#${String(query.view)}`;
    return this.access('search', address, access, (provider) => provider.search?.(query, access)) as Promise<T>;
  }

  write<T = unknown>(uri: string, data: Record<string, unknown>, access: ResourceAccess): Promise<T> {
    return this.access('write', uri, access, (provider, path) => provider.write?.(path, data, access)) as Promise<T>;
  }

  /** Leaves the trace of an access that a door refused before it came here. */
  noteRefused(uri: string, principal: Principal): void {
    this.note('read', uri, principal, false);
  }

  /**
   * Reads for Herald itself, such as to see whether a watched address has changed: no caller's access, so no row in
   * the journal.
   */
  async look(uri: string): Promise<unknown> {
    const { provider, path } = this.find(uri);
    return provider.read?.(path, {}, { principal: SYSTEM });
  }

  private async access(
    verb: Verb,
    uri: string,
    { principal }: ResourceAccess,
    call: (provider: ResourceProvider, path: string) => Promise<unknown> | undefined,
  ): Promise<unknown> {
    let isSuccess = false;
    try {
      const { provider, path } = this.find(uri);
      const scopes = scopesOf(verb === 'write' ? provider.writeScope : provider.readScope);
      const lacking = scopes.find((scope) => !hasScope(principal, scope));
      if (lacking) throw forbidden(`${verb} on ${uri} needs the scope ${lacking}`);
      const answer = call(provider, path);
      if (answer === undefined) throw new AppError('invalid', 'verb_not_offered', `${uri} cannot be used with ${verb}`);
      const result = await answer;
      isSuccess = true;
      return result;
    } finally {
      this.note(verb, uri, principal, isSuccess);
    }
  }

  private note(verb: Verb, uri: string, { kind, id }: Principal, isSuccess: boolean): void {
    const row: McpResourceAccess = {
      access_id: newId('acc'),
      // callers choose the text, and PostgreSQL takes no NUL
      resource_uri: uri.slice(0, 500).replaceAll('\0', ''),
      timestamp: this.clock.iso(),
      scope: verb,
      operation: SQL_WORD[verb],
      success: isSuccess,
      actor: kind === 'agent' ? id : kind,
      lead_id: leadNamedIn(uri),
    };
    // an agent looks at the same views for each lead
    if (kind === 'agent') this.journal.recordOften(McpResourceAccess, `${id} ${verb} ${uri} ${isSuccess}`, row);
    else this.journal.record(McpResourceAccess, row);
  }

  private find(uri: string): { provider: ResourceProvider; path: string } {
    const exact = this.providers.get(uri);
    if (exact) return { provider: exact, path: '' };
    const slash = uri.indexOf('/', uri.indexOf('://') + 3);
    const provider = slash === -1 ? undefined : this.providers.get(uri.slice(0, slash));
    if (!provider) {
      throw new AppError(
        'not_found',
        'resource_not_found',
        `there is no resource ${uri}; known: ${this.addresses().join(', ')}`,
      );
    }
    return { provider, path: decoded(uri.slice(slash + 1)) };
  }
}

function scopesOf(scope: string | readonly string[]): readonly string[] {
  return typeof scope === 'string' ? [scope] : scope;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new AppError('invalid', 'invalid_uri', 'uri: holds a percent sign that starts no valid escape', { cause });
  }
}
