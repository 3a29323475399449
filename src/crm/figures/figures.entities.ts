import { Entity } from 'typeorm';
import { Id, Json } from '../../database/index.js';

/** What a lead was counted under when it was counted last: the figures and keys that it is in, once each. */
@Entity('lead_figures')
export class LeadFigures {
  @Id() lead_id!: string;
  @Json() counted!: string[];
}
