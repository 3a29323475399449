import { Entity, Index } from 'typeorm';
import { Id, Ref, Timestamp } from '../../database/index.js';

/** Who stands in for whom, and how long. */
@Entity('deputies')
@Index('idx_deputies_user', ['user_id', 'until'])
@Index('idx_deputies_deputy', ['deputy_user_id', 'until'])
export class Deputy {
  @Id() deputy_id!: string;
  /** Who is away. */
  @Ref() user_id!: string;
  @Ref() deputy_user_id!: string;
  @Timestamp() since!: string;
  @Timestamp() until!: string;
  @Ref() made_by!: string;
  @Timestamp() created_at!: string;
}
