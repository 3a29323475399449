import { Entity } from 'typeorm';
import { Id, Int } from '../../database/index.js';

/** How many doubtful leads were put before people on a day. */
@Entity('attention_days')
export class AttentionDay {
  /** YYYY-MM-DD, UTC. */
  @Id() day!: string;
  @Int() used!: number;
}
