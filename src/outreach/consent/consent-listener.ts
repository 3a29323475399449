import { Injectable } from '@nestjs/common';
import { INTERACTION_TRACKED, LEAD_EDITED, type LeadEdited, type TrackedInteraction } from '../../crm/index.js';
import { Listens } from '../../operations/index.js';
import { ANSWER_EVENTS, CONSENT_EVENTS, OPT_IN, asksToStop, type SuppressionChannel } from '../../vocabulary/index.js';
import { ConsentWords, personOf } from './consent-words.js';

/** Hears words of consent that come in by other ways than our own messages. */
@Injectable()
export class ConsentListener {
  constructor(private readonly words: ConsentWords) {}

  /** The consent field, changed by hand or over a door. */
  @Listens(LEAD_EDITED)
  async edited({ unit, before, after, by, now }: LeadEdited): Promise<void> {
    if (before.gdpr_consent === after.gdpr_consent) return;
    const kind = after.gdpr_consent ? 'given' : 'withdrawn';
    const word = { kind, channel: 'All', at: now, source: `field:${by}` } as const;
    await this.words.record(unit, personOf(after), word);
  }

  /** What other systems report. */
  @Listens(INTERACTION_TRACKED)
  async tracked({ unit, interaction, lead }: TrackedInteraction): Promise<void> {
    const { interaction_id, event_type, outcome, channel, timestamp, metadata_json } = interaction;
    const text = ANSWER_EVENTS.includes(event_type) ? (metadata_json.text ?? metadata_json.body) : undefined;
    const isStop = typeof text === 'string' && asksToStop(text);
    if (outcome !== 'unsubscribe' && !CONSENT_EVENTS.includes(event_type) && !isStop) return;
    await this.words.record(unit, personOf(lead), {
      kind: event_type === OPT_IN ? 'given' : 'withdrawn',
      channel: channel as SuppressionChannel,
      at: timestamp,
      source: 'interaction',
      proof: { interaction_id, ...(isStop && { text: text.slice(0, 4000) }) },
    });
  }
}
