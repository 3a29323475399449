import { Entity } from 'typeorm';
import { Id, Timestamp } from '../../../database/index.js';

/** That a lead was forgotten, and when, without saying who: only the hash of the id is kept. */
@Entity('memory_forgotten', { withoutRowid: true })
export class ForgottenLead {
  @Id() lead_hash!: string;
  @Timestamp() forgotten_at!: string;
}
