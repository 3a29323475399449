import { Entity, Index } from 'typeorm';
import { Id, Int, Ref, Timestamp } from '../../database/index.js';

/**
 * Who did what: one row for each command that was committed, written in the command's own unit. For a call of the REST
 * door it is also the row of the request, which has none in `transport_http_requests`; the view `http_requests` has
 * both kinds.
 */
@Entity('audit_log')
@Index('idx_audit_log_at', ['at'])
@Index('idx_audit_log_subject', ['subject_id', 'at'], { where: '"subject_id" IS NOT NULL' })
export class AuditEntry {
  @Id() audit_id!: string;
  @Timestamp() at!: string;
  @Ref() operation!: string;
  @Ref() principal_id!: string;
  @Ref() principal_kind!: string;
  @Ref() door!: string;
  @Ref() request_id!: string;
  /** What it was about, such as `lead`. */
  @Ref({ nullable: true }) subject_kind?: string | null;
  /** Null where there is none, or several, or the lead that it was has been erased. */
  @Ref({ nullable: true }) subject_id?: string | null;
  @Ref({ nullable: true }) http_method?: string | null;
  @Int({ nullable: true }) status_code?: number | null;
  @Int({ nullable: true }) bytes_in?: number | null;
  @Int({ nullable: true }) bytes_out?: number | null;
}
