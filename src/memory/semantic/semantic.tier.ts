import { Injectable } from '@nestjs/common';
import type { Reader, Unit } from '../../database/index.js';
import { STORED_BY, type RetrieveMemoryRequest, type SearchMemoryRequest, checkValidity } from '../memory.dto.js';
import { type AgingStep, IsMemoryTier, type MemoryTier, type StoreRequestWith } from '../memory-tier.js';
import { toGraphTriple } from './graph.dto.js';
import { SemanticStore } from './semantic.store.js';
import type { EntryProvenance } from './state-triples.js';

/** Triples of the knowledge graph; their weights fade with time. */
@Injectable()
@IsMemoryTier()
export class SemanticTier implements MemoryTier {
  readonly name = 'semantic';
  readonly storedBy = STORED_BY.semantic;
  readonly readBy = ['entity', 'lead_id'] as const;
  readonly searchedBy = ['subject', 'predicate', 'object'] as const;

  constructor(private readonly triples: SemanticStore) {}

  async store(unit: Unit, request: StoreRequestWith<(typeof STORED_BY.semantic.needs)[number]>, now: string) {
    checkValidity(request, now);
    const { tier: _, source = 'api', source_id, lead_id, ...triple } = request;
    const origin = originOf(source_id, lead_id);
    const entry = { ...triple, source, ...(origin && { provenance: origin }) };
    const [row] = await this.triples.remember(unit, [entry], { now });
    return { memory_id: row!.triple_id, expires_at: null };
  }

  async retrieve(
    reader: Reader,
    { entity, lead_id }: RetrieveMemoryRequest,
    limit: number,
    now: string,
  ): Promise<object[]> {
    const rows = await this.triples.neighbours(reader, (entity ?? lead_id)!, { limit, at: now });
    return rows.map((row) => toGraphTriple(row));
  }

  async search(reader: Reader, request: SearchMemoryRequest, limit: number): Promise<object[]> {
    const { subject, predicate, object } = request;
    return (await this.triples.search(reader, { subject, predicate, object, limit })).map((row) => toGraphTriple(row));
  }

  async exportLead(reader: Reader, leadId: string): Promise<Record<string, unknown>> {
    const triples = await this.triples.exportLead(reader, leadId);
    return { semantic: triples.map((row) => toGraphTriple(row, row.provenance)) };
  }

  async forgetLead(unit: Unit, leadId: string): Promise<Record<string, number>> {
    return { semantic: await this.triples.forgetLead(unit, leadId) };
  }

  async age(unit: Unit, now: string, after: string): Promise<AgingStep> {
    const { decayed, next } = await this.triples.decay(unit, now, { after });
    return { changed: decayed, next };
  }
}

/** What a triple from outside was learned from: an event of the caller's, a person, or nothing that it names. */
function originOf(sourceId: string | undefined, leadId: string | undefined): EntryProvenance | undefined {
  if (sourceId !== undefined) return { kind: 'call', ref_id: sourceId, lead_id: leadId ?? null };
  return leadId === undefined ? undefined : { kind: 'lead', ref_id: leadId };
}
