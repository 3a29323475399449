import { Entity } from 'typeorm';
import { Id } from '../../../database/index.js';

/** An event that was counted, so that it is not counted again. */
@Entity('memory_observed_events', { withoutRowid: true })
export class ObservedEvent {
  @Id() lead_id!: string;
  @Id() source_id!: string;
}
