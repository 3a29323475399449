import { Entity } from 'typeorm';
import { Id, Timestamp } from '../../database/index.js';

/** Who looks at a case now: the sign of life of a page that shows it. */
@Entity('case_looks')
export class CaseLook {
  @Id() escalation_id!: string;
  @Id() user_id!: string;
  @Timestamp() until!: string;
}
