import { Entity } from 'typeorm';
import { Id, Json } from '../../database/index.js';

/**
 * What a lead was counted under when it was counted last: the figures and keys that it is in, once each. It stands in
 * the lead's own row, and here for leads that have none: those that are gone and not yet counted out, and those of
 * which something was tracked.
 */
@Entity('lead_figures')
export class LeadFigures {
  @Id() lead_id!: string;
  @Json() counted!: string[];
}
