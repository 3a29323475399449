import type { Reader } from '../../database/index.js';
import type { MemoryService } from '../../memory/index.js';
import type { FactFaces } from './fact-faces.js';
import type { HeldRows } from './lead-context.js';
import type { Playbooks } from './playbooks.js';
import type { PortfolioRates } from './portfolio-rates.js';

/** Where facts are gathered from. */
export interface FactSources {
  /** An open unit, or the database outside of any. */
  readonly reader: Reader;
  readonly faces: FactFaces;
  /** What the caller has read in that unit already. */
  readonly held: HeldRows;
  readonly rates: PortfolioRates;
  readonly memory: MemoryService;
  readonly playbooks: Playbooks;
  /** The moment that facts are looked at: now, or the end of a stated day. ISO instants, both. */
  readonly at: string;
  readonly now: string;
}

/** What one kind of agent is told, as a view of the resource that its subjects are rows of. */
export interface FactsView<Facts> {
  readonly resource: `db://${string}`;
  readonly view: string;
  /** Those of everything that the facts are made of. */
  readonly scopes: readonly string[];
  /** With as few statements for many ids as for one; in any order, and without those that nobody knows. */
  read(sources: FactSources, ids: readonly string[]): Promise<Facts[]>;
  idOf(facts: Facts): string;
}
