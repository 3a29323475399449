import { Injectable } from '@nestjs/common';
import { Clock } from '../config/index.js';
import type { Unit } from '../database/index.js';
import { Listens } from '../operations/index.js';
import { MemoryService, type Observation } from '../memory/index.js';
import { MESSAGE_EVENT, type MessageEvent } from '../outreach/index.js';
import { kindOfEvent, zoneOfRegion } from '../vocabulary/index.js';
import {
  CONVERSION_RECORDED,
  type Conversion,
  Conversions,
  INTERACTION_TRACKED,
  type Interaction,
  Interactions,
  type Lead,
  Leads,
  type RecordedConversion,
  type TrackedInteraction,
} from '../crm/index.js';

/** More of a lead's past than this is not looked at; the latest counts most. */
const LONGEST_HISTORY = 1_000;

type SeenInteraction = Pick<
  Interaction,
  'interaction_id' | 'lead_id' | 'timestamp' | 'channel' | 'event_type' | 'outcome' | 'metadata_json'
>;

/**
 * Tells memory what leads do, in the unit that records it. What was recorded without anybody telling (our own sends,
 * an import) is looked up when the lead does something next, so that sending costs nothing.
 */
@Injectable()
export class MemoryObservations {
  constructor(
    private readonly leads: Leads,
    private readonly interactions: Interactions,
    private readonly conversions: Conversions,
    private readonly memory: MemoryService,
    private readonly clock: Clock,
  ) {}

  @Listens(INTERACTION_TRACKED)
  async tellOfInteraction({ unit, interaction, lead, now }: TrackedInteraction): Promise<void> {
    await this.tell(unit, interactionSeen(interaction, zoneOf(lead)), lead, now);
  }

  @Listens(MESSAGE_EVENT)
  async tellOfMessage({ unit, interaction }: MessageEvent): Promise<void> {
    const lead = await this.leads.get(unit, interaction.lead_id);
    if (lead) await this.tell(unit, interactionSeen(interaction, zoneOf(lead)), lead, this.clock.iso());
  }

  @Listens(CONVERSION_RECORDED)
  async tellOfConversion({ unit, conversion, now }: RecordedConversion): Promise<void> {
    const lead = await this.leads.get(unit, conversion.lead_id);
    if (lead) await this.tell(unit, conversionSeen(conversion), lead, now);
  }

  private async tell(unit: Unit, seen: Observation | null, lead: Lead, now: string): Promise<void> {
    if (seen)
      await this.memory.observe(unit, [seen], now, (leadId, after) =>
        this.historyOf(unit, leadId, after, zoneOf(lead)),
      );
  }

  /** What happened with a lead after an instant, or ever. */
  private async historyOf(
    unit: Unit,
    leadId: string,
    after: string | null,
    zone: string | undefined,
  ): Promise<Observation[]> {
    const interactions = await this.interactions.after(unit, leadId, after, LONGEST_HISTORY);
    const conversions = await this.conversions.after(unit, leadId, after);
    return [...interactions.flatMap((each) => interactionSeen(each, zone) ?? []), ...conversions.map(conversionSeen)];
  }
}

export function interactionSeen(interaction: SeenInteraction, time_zone: string | undefined): Observation | null {
  const { interaction_id, lead_id, timestamp, channel, event_type, outcome, metadata_json } = interaction;
  const kind = kindOfEvent(event_type);
  if (kind === 'provider') return null;
  const common = { lead_id, source_id: interaction_id, at: timestamp, channel };
  if (kind === 'send' && outcome === 'none') return { ...common, kind: 'contact' };
  const { signal } = metadata_json as { signal?: { human_probability?: unknown } };
  return {
    ...common,
    kind: kind === 'answer' ? 'reply' : 'activity',
    outcome,
    topics: topicsOf(metadata_json),
    ...(time_zone !== undefined && { time_zone }),
    ...(typeof signal?.human_probability === 'number' && { human_probability: signal.human_probability }),
  };
}

function conversionSeen({ conversion_id, lead_id, converted_at, conversion_value_usd }: Conversion): Observation {
  return { lead_id, source_id: conversion_id, kind: 'conversion', at: converted_at, value_usd: conversion_value_usd };
}

/** `topic` or `topics` of the metadata, or of what a provider reported. */
function topicsOf(metadata: Record<string, unknown>): string[] {
  const places = [metadata, metadata.reported as Record<string, unknown> | undefined];
  const named = places.flatMap((place) => [
    place?.topic,
    ...(Array.isArray(place?.topics) ? (place.topics as unknown[]) : []),
  ]);
  return named.filter((each) => typeof each === 'string');
}

/** Without a region nobody knows what time it is there. */
function zoneOf({ region }: Lead): string | undefined {
  return region === null ? undefined : zoneOfRegion(region);
}
