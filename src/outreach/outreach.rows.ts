import { Injectable } from '@nestjs/common';
import { KeepsRows, type RowKeeper, type Reader, type SqlRow, type Unit } from '../database/index.js';
import { ChannelRest } from './bounces/channel-rest.entity.js';
import { ConsentWord } from './consent/consent-word.entity.js';
import { ConsentWords } from './consent/consent-words.js';
import { Message } from './message.entity.js';
import { SendSlot } from './send-slot.entity.js';
import { LinkKey } from './setup/link-key.entity.js';
import { Suppression } from './suppression.entity.js';

@Injectable()
@KeepsRows([
  {
    table: Message,
    holds: 'a wish to say something to a lead, and what became of it',
    keeps: { days: 'contact', after: 'updated_at', when: `status IN ('sent', 'failed', 'cancelled')` },
    lead: { by: 'lead_id' },
  },
  {
    table: SendSlot,
    holds: 'the turn of one recipient, for workers that judge messages at once',
    keeps: { days: 'work', after: 'judged_at' },
    lead: { keeper: 'by its key, which is the lead or the hash of its address' },
  },
  {
    table: Suppression,
    holds: 'an objection, by the hash of an address',
    keeps: { until: 'a person lifts it' },
    lead: { keeper: 'stays, for it is about the address; the lead is taken off it by an index' },
  },
  {
    table: ChannelRest,
    holds: 'a channel whose other side refuses us',
    keeps: { until: 'a message goes through again' },
    lead: { none: 'about channels' },
  },
  {
    table: LinkKey,
    holds: 'the fingerprint of the secret that signs links in messages',
    keeps: { until: 'the secret is changed' },
    lead: { none: 'about a secret' },
  },
  {
    table: ConsentWord,
    holds: 'what a person said about being written to',
    keeps: { until: 'the lead is erased; of an objection the hashes of its addresses stay' },
    lead: { by: 'lead_id' },
  },
])
export class OutreachRows implements RowKeeper {
  constructor(private readonly words: ConsentWords) {}

  async eraseLead(unit: Unit, leadId: string): Promise<boolean> {
    // the slot first, as whoever judges a message takes it first
    await unit.of(SendSlot).delete({ slot_key: `lead:${leadId}` });
    await unit.execute(
      `DELETE FROM send_slots WHERE slot_key IN (SELECT 'address:' || to_address_hash FROM messages WHERE lead_id = ?)`,
      [leadId],
    );
    await unit.of(Suppression).update({ lead_id: leadId }, { lead_id: null, note: null });
    await this.words.keepObjection(unit, leadId);
    return false;
  }

  async exportLead(reader: Reader, leadId: string): Promise<Record<string, readonly SqlRow[]>> {
    return { suppressions: (await reader.of(Suppression).find({ lead_id: leadId })) as unknown as SqlRow[] };
  }
}
