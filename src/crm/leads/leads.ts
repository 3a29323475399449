import { Injectable } from '@nestjs/common';
import { LiveEvents } from '../../live-events/index.js';
import { NEWCOMER } from '../../vocabulary/index.js';
import { leadUpdated } from '../resource-updates.js';
import { Lead } from './lead.entity.js';
import { type Reader, type Unit, gt } from '../../database/index.js';

/** What may change about a lead; its version and its time of change go along by themselves. */
export type LeadChanges = Partial<Omit<Lead, 'lead_id' | 'version' | 'updated_at'>>;

export interface LeadMove {
  readonly lead: Lead;
  readonly changes: LeadChanges;
}

/** How other modules read leads and move them. */
@Injectable()
export class Leads {
  constructor(private readonly liveEvents: LiveEvents) {}

  get(reader: Reader, leadId: string): Promise<Lead | undefined> {
    return reader.of(Lead).get(leadId);
  }

  /** Those that exist, in any order, with one statement. */
  async find(reader: Reader, leadIds: readonly string[]): Promise<Lead[]> {
    return leadIds.length === 0 ? [] : reader.of(Lead).find({ lead_id: leadIds });
  }

  /** The lead as it stands, held until the unit ends. */
  async lock(unit: Unit, leadId: string): Promise<Lead | undefined> {
    return (await unit.of(Lead).find({ lead_id: leadId }, { lock: true }))[0];
  }

  /** As `lock`, for many with one statement. */
  async lockAll(unit: Unit, leadIds: readonly string[]): Promise<Lead[]> {
    if (leadIds.length === 0) return [];
    return unit.of(Lead).find({ lead_id: leadIds }, { order: { lead_id: 'asc' }, lock: true });
  }

  /** The oldest leads that nobody has looked at yet, held until the unit ends. */
  lockNewcomers(unit: Unit, limit: number): Promise<Lead[]> {
    return unit.of(Lead).find(NEWCOMER, { order: { created_at: 'asc' }, limit, lock: true });
  }

  /** Leads that stand in one of these states of the flow, by id: those after one, some at a time. */
  standingIn(reader: Reader, states: readonly string[], after: string, limit: number): Promise<Lead[]> {
    const where = { flow_state: states, lead_id: gt(after) };
    return reader.of(Lead).find(where, { order: { lead_id: 'asc' }, limit });
  }

  countNewcomers(reader: Reader): Promise<number> {
    return reader.of(Lead).count(NEWCOMER);
  }

  /** Changes a locked lead, counts its version up and tells whoever watches it. @returns the lead as it stands now */
  async move(unit: Unit, lead: Lead, changes: LeadChanges, now: string): Promise<Lead> {
    const patch = { ...changes, version: lead.version + 1, updated_at: now };
    await unit.of(Lead).update({ lead_id: lead.lead_id }, patch);
    this.liveEvents.publish(unit, leadUpdated(lead.lead_id));
    return { ...lead, ...patch };
  }

  /** As `move`, for many locked leads with one statement. @returns them in order */
  async moveAll(unit: Unit, moves: readonly LeadMove[], now: string): Promise<Lead[]> {
    const moved = moves.map(({ lead, changes }) => ({
      ...lead,
      ...changes,
      version: lead.version + 1,
      updated_at: now,
    }));
    const columns = new Set(moves.flatMap(({ changes }) => Object.keys(changes) as (keyof Lead)[]));
    await unit.of(Lead).updateEach(moved, [...columns, 'version', 'updated_at']);
    this.liveEvents.publish(
      unit,
      moved.map(({ lead_id }) => leadUpdated(lead_id)),
    );
    return moved;
  }
}
