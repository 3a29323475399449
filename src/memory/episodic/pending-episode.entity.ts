import { Entity } from 'typeorm';
import { Id } from '../../database/index.js';

/**
 * An episode that was written past the store (an import, SQL by hand), put here by a trigger, and is not in the
 * indexes yet.
 */
@Entity('memory_episodic_pending')
export class PendingEpisode {
  @Id() episode_id!: string;
}
