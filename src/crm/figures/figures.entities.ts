import { Entity } from 'typeorm';
import { Id, Json, Ref, RowId } from '../../database/index.js';

/** A lead of which something has changed that figures count; triggers write these. */
@Entity('changed_leads')
export class ChangedLead {
  @RowId() change_id!: number;
  @Ref() lead_id!: string;
}

/** What a lead was counted under when it was counted last: the figures and keys that it is in, once each. */
@Entity('lead_figures')
export class LeadFigures {
  @Id() lead_id!: string;
  @Json() counted!: string[];
}
