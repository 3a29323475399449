import { Entity, Index } from 'typeorm';
import { Id, Int, Ref, Timestamp } from '../database/index.js';

/**
 * Who did what: one row for each command that was committed, written in the command's own unit. For a call of the REST
 * door it is also the row of the request, which has none in `transport_http_requests`; the view `http_requests` has
 * both kinds.
 */
@Entity('audit_log')
@Index('idx_audit_log_at', ['at'])
export class AuditEntry {
  @Id() audit_id!: string;
  @Timestamp() at!: string;
  @Ref() operation!: string;
  @Ref() principal_id!: string;
  @Ref() principal_kind!: string;
  @Ref() door!: string;
  @Ref() request_id!: string;
  @Ref({ nullable: true }) http_method?: string | null;
  @Int({ nullable: true }) status_code?: number | null;
  @Int({ nullable: true }) bytes_in?: number | null;
  @Int({ nullable: true }) bytes_out?: number | null;
}
