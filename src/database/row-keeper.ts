import { DiscoveryService } from '@nestjs/core';
import type { KeepKind } from '../config/index.js';
import type { SqlRow } from './connection.js';
import type { Reader } from './reader.js';
import type { EntityClass } from './table-shape.js';
import type { Unit } from './unit.js';

/** How long rows stay. */
export type Keeping =
  /** Until something takes them away that is no matter of time; in words. */
  | { readonly until: string }
  /** For the set number of days after an instant (a column, or SQL); only rows for which `when` (SQL) holds. */
  | { readonly days: KeepKind; readonly after: string; readonly when?: string }
  /** For the set number of days, but only rows that this server wrote itself, known by the prefix of their key. */
  | { readonly days: KeepKind; readonly after: string; readonly ownKeys: string }
  /** As the keeper's own sweep does it; in words, with its setting. */
  | { readonly swept: string };

/** What a table has to do with leads, who are persons. */
export type LeadRows =
  /** It cannot name one; why. */
  | { readonly none: string }
  /** The lead's rows are those with its id in this column: they are given out, and go with the lead. */
  | { readonly by: string }
  /** The keeper finds them itself, in `eraseLead` (or `eraseTraces`) and `exportLead`; how. */
  | { readonly keeper: string };

/** What a module says of one of its tables. */
export interface KeptTable {
  /** The entity, or the name of a table that has none. */
  readonly table: EntityClass<object> | string;
  /** What a row is. */
  readonly holds: string;
  /** Of several, any lets a row go. */
  readonly keeps: Keeping | readonly Keeping[];
  readonly lead: LeadRows;
}

/** What a module does about its rows where a column is not enough. */
export interface RowKeeper {
  /**
   * Removes what its tables hold of a lead, by look-ups alone and not more than some hundred rows at once, for other
   * writers wait.
   * @returns true when rows are left for a further call
   */
  eraseLead?(unit: Unit, leadId: string): Promise<boolean>;
  /** Removes, after the unit of the erasure and in units of its own, what can only be found by looking through. */
  eraseTraces?(leadId: string, erasedAt: string): Promise<void>;
  /** What its tables hold of a lead, by table. */
  exportLead?(reader: Reader, leadId: string): Promise<Readonly<Record<string, readonly SqlRow[]>>>;
  /** Removes old rows of which a date does not say all, in small units. @returns how many */
  sweep?(): Promise<number>;
}

/** Marks a provider that answers for the tables of its module. */
export const KeepsRows = DiscoveryService.createDecorator<readonly KeptTable[]>();
