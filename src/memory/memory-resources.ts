import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../config/index.js';
import { Database } from '../database/index.js';
import { invalid } from '../errors/index.js';
import {
  OperationBus,
  type ResourceAccess,
  ResourcePort,
  type ResourceProvider,
  validateRequest,
} from '../operations/index.js';
import {
  RetrieveMemoryRequest,
  SearchMemoryRequest,
  StoreMemoryRequest,
  type Tier,
  toShortTermResponse,
} from './memory.dto.js';
import { MemoryService } from './memory.service.js';
import { toGraphTriple } from './semantic/graph.dto.js';
import { SemanticStore } from './semantic/semantic.store.js';
import { ShortTermStore } from './short-term/short-term.store.js';

const SHOWN = 50;
const SCOPES = { readScope: 'memory:rw', writeScope: 'memory:rw' };

/**
 * Memory at the resource port.
 * - `cache://memory`: what is known of leads; search by `{ lead_ids }` sees the caller's own open unit
 * - `kg://graph`: triples by subject, predicate and object
 */
@Injectable()
export class MemoryResources implements OnModuleInit {
  constructor(
    private readonly resources: ResourcePort,
    private readonly operations: OperationBus,
    private readonly memory: MemoryService,
    private readonly conversations: ShortTermStore,
    private readonly triples: SemanticStore,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.resources.register('cache://memory', {
      ...SCOPES,
      read: (leadId, query) =>
        leadId || isAsked(query)
          ? this.retrieve({ ...query, ...(leadId && { lead_id: leadId }) })
          : this.newestContexts(),
      search: (query, access) =>
        query.lead_ids === undefined ? this.retrieve(query) : this.contextOf(query.lead_ids, access),
      write: this.storeInto('short_term'),
    });
    this.resources.register('kg://graph', {
      ...SCOPES,
      read: (entity, query) =>
        entity || isAsked(query)
          ? this.retrieve({ tier: 'semantic', ...query, ...(entity && { entity }) })
          : this.someTriples(),
      search: (query) => this.memory.search(validateRequest(SearchMemoryRequest, query)),
      write: this.storeInto('semantic'),
    });
  }

  private retrieve(query: Record<string, unknown>): Promise<object> {
    return this.memory.retrieve(validateRequest(RetrieveMemoryRequest, query), { now: this.clock.iso() });
  }

  /** What an address without an id shows: the conversations that are remembered longest from now. */
  private async newestContexts(): Promise<object> {
    const rows = await this.conversations.newest(this.database, this.clock.iso(), SHOWN);
    return { short_term: rows.map(toShortTermResponse) };
  }

  private async someTriples(): Promise<object> {
    const rows = await this.triples.some(this.database, SHOWN);
    return { semantic: rows.map((row) => toGraphTriple(row)) };
  }

  private contextOf(leadIds: unknown, { unit }: ResourceAccess): Promise<object> {
    if (!Array.isArray(leadIds) || !leadIds.every((id) => typeof id === 'string'))
      throw invalid('lead_ids', 'must be a list of texts');
    return this.memory.contextOf(unit ?? this.database, leadIds);
  }

  private storeInto(tier: Tier): ResourceProvider['write'] {
    return (_, data, { unit, ...caller }) => {
      const request = { tier, ...data };
      if (!unit) return this.operations.call('memory.store', request, caller);
      return this.memory.store(validateRequest(StoreMemoryRequest, request), { unit, now: this.clock.iso() });
    };
  }
}

function isAsked(query: Record<string, unknown>): boolean {
  return Object.keys(query).length > 0;
}
