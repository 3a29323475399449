import { Entity, Index } from 'typeorm';
import { Id, Json, Ref, Text, Timestamp } from '../../database/index.js';

/** What somebody of the team wrote beside a case, for the team. */
@Entity('case_notes')
@Index('idx_case_notes_case', ['escalation_id', 'created_at'])
@Index('idx_case_notes_lead', ['lead_id'])
export class CaseNote {
  @Id() note_id!: string;
  @Ref() escalation_id!: string;
  @Ref({ nullable: true }) lead_id!: string | null;
  @Ref() author_id!: string;
  @Text() text!: string;
  /** Users that it speaks to. */
  @Json() mentions!: string[];
  @Timestamp() created_at!: string;
}
