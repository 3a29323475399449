import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Reader, Unit } from '../../../database/index.js';
import { readInParts } from '../../read-by-keys.js';
import { ForgottenLead, MemorySignals, ObservedEvent } from '../long-term.entities.js';
import { LongTermStore } from '../long-term.store.js';
import { type Observation, type ReadHistory, countSignal, noSignals, rfmScore } from './lead-signals.js';
import { stateSignals } from './signal-facts.js';

/** Learns from what happens with leads: counts each event once, and states what the counts speak for as facts. */
@Injectable()
export class LeadLearning {
  constructor(private readonly longTerm: LongTermStore) {}

  /**
   * Counts events; those that were counted before change nothing.
   * @param history asked, per lead, for what else happened since the last event that was counted (for everything the
   * first time)
   * @returns how many events were new
   */
  async observe(unit: Unit, observations: readonly Observation[], now: string, history?: ReadHistory): Promise<number> {
    const byLead = new Map<string, Observation[]>();
    for (const each of observations) byLead.set(each.lead_id, [...(byLead.get(each.lead_id) ?? []), each]);
    let counted = 0;
    // in the order of their ids, so that two units do not wait for each other
    for (const leadId of [...byLead.keys()].sort())
      counted += await this.observeLead(unit, leadId, byLead.get(leadId)!, now, history);
    return counted;
  }

  async signalsOf(reader: Reader, leadId: string): Promise<MemorySignals | undefined> {
    return reader.of(MemorySignals).get(leadId);
  }

  /** What happened until now is not learned from again, however it is told. @returns how many rows there were */
  async forgetLead(unit: Unit, leadId: string, now: string): Promise<number> {
    await unit.of(ForgottenLead).upsert({ lead_hash: hashOf(leadId), forgotten_at: now });
    return (
      (await unit.of(MemorySignals).delete({ lead_id: leadId })) +
      (await unit.of(ObservedEvent).delete({ lead_id: leadId }))
    );
  }

  /** When the lead was forgotten; null for one that never was. */
  async forgottenAt(reader: Reader, leadId: string): Promise<string | null> {
    return (await reader.of(ForgottenLead).get(hashOf(leadId)))?.forgotten_at ?? null;
  }

  private async observeLead(
    unit: Unit,
    leadId: string,
    told: readonly Observation[],
    now: string,
    history?: ReadHistory,
  ): Promise<number> {
    const { row, isNew } = await this.hold(unit, leadId, now);
    const past = (await history?.(leadId, row.counted_until)) ?? [];
    const events = inOrder(await this.notYetCounted(unit, leadId, [...told, ...past], isNew));
    if (events.length === 0) return 0;
    const counted_on = now.slice(0, 10);
    await unit.of(ObservedEvent).insert(events.map(({ source_id }) => ({ lead_id: leadId, source_id, counted_on })));
    const signals = row.signals_json;
    for (const event of events) countSignal(signals, event);
    const facts = stateSignals(signals, leadId, now);
    const last = events.at(-1)!.at;
    const counted_until = row.counted_until !== null && row.counted_until > last ? row.counted_until : last;
    await unit.of(MemorySignals).upsert({ lead_id: leadId, signals_json: signals, counted_until, updated_at: now });
    const rfmScores = new Map([[leadId, Number(rfmScore(signals, now).toFixed(3))]]);
    await this.longTerm.take(unit, { leadIds: [leadId], facts, rfmScores }, now);
    return events.length;
  }

  /** The lead's row, locked so that one unit at a time counts for it. */
  private async hold(unit: Unit, lead_id: string, now: string): Promise<{ row: MemorySignals; isNew: boolean }> {
    const rows = unit.of(MemorySignals);
    const lock = unit.dialect === 'postgres' ? 'FOR UPDATE' : '';
    const [known] = await unit.query(`SELECT * FROM memory_signals WHERE lead_id = ? ${lock}`, [lead_id]);
    if (known) return { row: rows.decode(known), isNew: false };
    const counted_until = await this.forgottenAt(unit, lead_id);
    const row: MemorySignals = { lead_id, signals_json: noSignals(), counted_until, updated_at: now };
    // on SQLite a unit is alone, and writes the row once it has counted
    if (unit.dialect === 'sqlite' || (await rows.insertNew(row)) === 1) return { row, isNew: true };
    return { row: (await rows.find({ lead_id }, { lock: true }))[0]!, isNew: false };
  }

  /** Each once. */
  private async notYetCounted(
    unit: Unit,
    lead_id: string,
    events: readonly Observation[],
    isFirst: boolean,
  ): Promise<Observation[]> {
    const byId = new Map(events.map((event) => [event.source_id, event]));
    if (isFirst) return [...byId.values()];
    const counted = await readInParts(byId.keys(), (part) => unit.of(ObservedEvent).find({ lead_id, source_id: part }));
    for (const { source_id } of counted) byId.delete(source_id);
    return [...byId.values()];
  }
}

function inOrder(events: Observation[]): Observation[] {
  return events.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.source_id < b.source_id ? -1 : 1));
}

function hashOf(leadId: string): string {
  return hash('sha256', leadId);
}
