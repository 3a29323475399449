import { Entity, Index } from 'typeorm';
import { Id, Ref, Timestamp } from '../database/index.js';

/** Who did what: one row for each command that was committed, written in the command's own unit. */
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
}
