import { Injectable } from '@nestjs/common';
import { newId } from '../config/index.js';
import type { Unit } from '../database/index.js';
import type { MemoryReader } from './memory-reader.js';
import { SemanticTriple } from './semantic-triple.entity.js';

export type TripleEntry = Omit<SemanticTriple, 'triple_id'>;

export interface TripleQuery {
  readonly subject?: string;
  readonly predicate?: string;
  readonly object?: string;
  readonly limit: number;
}

/** The knowledge graph's edges. */
@Injectable()
export class SemanticStore {
  /** A triple that is known from the same source takes the new weight. @returns the rows as stored */
  async remember(unit: Unit, entries: readonly TripleEntry[]): Promise<SemanticTriple[]> {
    const triples = unit.of(SemanticTriple);
    const rows: SemanticTriple[] = [];
    for (const { subject, predicate, object, weight, source } of entries) {
      const [known] = await triples.find({ subject, predicate, object, source }, { limit: 1 });
      rows.push({ triple_id: known?.triple_id ?? newId('tri'), subject, predicate, object, weight, source });
    }
    await triples.upsert(rows);
    return rows;
  }

  /** The strongest first. */
  search(reader: MemoryReader, { limit, ...where }: TripleQuery): Promise<SemanticTriple[]> {
    return reader.of(SemanticTriple).find(where, { order: { weight: 'desc', triple_id: 'asc' }, limit });
  }

  /** The edges from and to an entity, the strongest first. */
  async neighbours(reader: MemoryReader, entity: string, limit: number): Promise<SemanticTriple[]> {
    const rows = await reader.query(
      `SELECT * FROM semantic_kg_triples WHERE subject = ? OR object = ? ORDER BY weight DESC, triple_id LIMIT ${Math.trunc(limit)}`,
      [entity, entity],
    );
    const triples = reader.of(SemanticTriple);
    return rows.map((row) => triples.decode(row));
  }

  async forgetLead(unit: Unit, leadId: string): Promise<number> {
    const triples = unit.of(SemanticTriple);
    return (await triples.delete({ subject: leadId })) + (await triples.delete({ object: leadId }));
  }
}
