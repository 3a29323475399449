import { Entity } from 'typeorm';
import { Id, Timestamp } from '../database/index.js';

/** The day that the data is looked at as of, while one is stated: a single row. */
@Entity('stated_day')
export class StatedDay {
  /** Always `history`. */
  @Id() name!: string;
  /** The last moment of that day. */
  @Timestamp() moment!: string;
  @Timestamp() stated_at!: string;
}
