import { Entity } from 'typeorm';
import { Id, Ref, Timestamp } from '../database/index.js';

/**
 * The turnstile of one recipient, one row for the lead and one for the address. Whoever judges a message writes it
 * first in the unit, so that on PostgreSQL two workers with messages to the same person judge one after the other,
 * and the second sees the claim of the first.
 */
@Entity('send_slots')
export class SendSlot {
  /** `lead:<lead_id>` or `address:<hash>`. */
  @Id() slot_key!: string;
  /** The message judged last. */
  @Ref() message_id!: string;
  @Timestamp() judged_at!: string;
}
