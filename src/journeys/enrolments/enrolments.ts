import { Injectable } from '@nestjs/common';
import type { Lead } from '../../crm/index.js';
import { type Reader, type Unit, gt, lt, lte } from '../../database/index.js';
import { LiveEvents } from '../../live-events/index.js';
import { Outbox } from '../../queue/index.js';
import type { SequenceDefinition } from '../sequences/sequence-definition.js';
import type { PublishedSequence } from '../sequences/sequences.js';
import { Enrolment, type EnrolmentState, type PauseReason, type StepTaken } from './enrolment.entity.js';
import { enrolmentEvent } from './enrolment-event.js';
import { enter, lastKept, promiseOf, refusalOf, steppedBack } from './enrolment-rows.js';

export interface EnrolWish {
  readonly lead: Lead;
  readonly sequence: PublishedSequence;
  /** Principal or agent. */
  readonly by: string;
  /** A person's word counts although the sequence would not take the lead again yet. */
  readonly isByHand?: boolean;
}

export type Enrolled =
  | { readonly outcome: 'entered' | 'stays'; readonly enrolment: Enrolment }
  | { readonly outcome: 'refused'; readonly reason: string };

/** What a step left behind. */
export interface Advance {
  readonly enrolment: Enrolment;
  readonly taken: StepTaken;
  readonly next_at: string;
  readonly why_next: string;
}

const REOPENED = [
  ...(['state', 'live_lead_id', 'exit_reason', 'ended_at'] as const),
  ...(['next_at', 'why_next', 'turn', 'updated_at'] as const),
];
const TRAIL_LENGTH = 20;
const MOVED_AT_ONCE = 500;

/** Who stands in which sequence, and when its next step is due. Everything here is written in the caller's unit. */
@Injectable()
export class Enrolments {
  constructor(
    private readonly outbox: Outbox,
    private readonly liveEvents: LiveEvents,
  ) {}

  /** The live enrolments of leads, by lead; locked where the reader is a unit. */
  async liveOf(reader: Reader, leadIds: readonly string[], lock = false): Promise<Map<string, Enrolment>> {
    if (leadIds.length === 0) return new Map();
    const rows = await reader.of(Enrolment).find({ live_lead_id: leadIds }, { order: { enrolment_id: 'asc' }, lock });
    return new Map(rows.map((row) => [row.lead_id, row]));
  }

  /**
   * Takes leads into sequences, in a fixed number of statements. Who is in the same one stays where it stands; who is
   * in another leaves that. A sequence that does not take its people again, or not yet, refuses.
   * @returns by lead
   */
  async enrol(unit: Unit, wishes: readonly EnrolWish[], now: string): Promise<Map<string, Enrolled>> {
    const results = new Map<string, Enrolled>();
    if (wishes.length === 0) return results;
    const ids = wishes.map(({ lead }) => lead.lead_id);
    const earlier = new Map<string, Enrolment[]>();
    for (const row of await unit.of(Enrolment).find({ lead_id: ids }, { lock: true }))
      earlier.set(row.lead_id, [...(earlier.get(row.lead_id) ?? []), row]);
    const left: { enrolment: Enrolment; reason: string }[] = [];
    const entered: Enrolment[] = [];
    for (const { lead, sequence, by, isByHand = false } of wishes) {
      const own = earlier.get(lead.lead_id) ?? [];
      const live = own.find(({ live_lead_id }) => live_lead_id !== null);
      if (live?.sequence_id === sequence.sequence_id) {
        results.set(lead.lead_id, { outcome: 'stays', enrolment: live });
        continue;
      }
      const runs = own.filter(({ sequence_id }) => sequence_id === sequence.sequence_id);
      const reason = isByHand ? null : refusalOf(sequence, runs, now);
      if (reason !== null) {
        results.set(lead.lead_id, { outcome: 'refused', reason });
        continue;
      }
      if (live) left.push({ enrolment: live, reason: `moved to ${sequence.sequence_id}` });
      const enrolment = enter(lead, sequence, runs.length + 1, by, now);
      entered.push(enrolment);
      results.set(lead.lead_id, { outcome: 'entered', enrolment });
    }
    await this.end(unit, left, now);
    if (entered.length > 0) await unit.of(Enrolment).insert(entered);
    this.liveEvents.publish(
      unit,
      entered.map((row) => enrolmentEvent('journey.entered', row)),
    );
    return results;
  }

  /** Notes the steps that were taken, and promises the next. */
  async advance(unit: Unit, advances: readonly Advance[], now: string): Promise<void> {
    const rows = advances.map(({ enrolment, taken, next_at, why_next }) => ({
      ...enrolment,
      step_id: taken.step,
      message_id: taken.message_id ?? enrolment.message_id,
      trail: [...enrolment.trail, taken].slice(-TRAIL_LENGTH),
      next_at,
      why_next,
      turn: enrolment.turn + 1,
      updated_at: now,
    }));
    await this.write(unit, rows, [
      'step_id',
      'tries',
      'message_id',
      'trail',
      'next_at',
      'why_next',
      'turn',
      'updated_at',
    ]);
  }

  /** Moves the next time of live enrolments. */
  async schedule(
    unit: Unit,
    moves: readonly { readonly enrolment: Enrolment; readonly next_at: string; readonly why_next: string }[],
    now: string,
  ): Promise<void> {
    const rows = moves.map(({ enrolment, next_at, why_next }) => ({
      ...enrolment,
      next_at,
      why_next,
      turn: enrolment.turn + 1,
      updated_at: now,
    }));
    await this.write(unit, rows, ['next_at', 'why_next', 'turn', 'updated_at']);
  }

  /** The step that was taken last came to nothing: it is decided once more, at once. */
  async retry(
    unit: Unit,
    retries: readonly { readonly enrolment: Enrolment; readonly reason: string }[],
    now: string,
  ): Promise<void> {
    const rows = retries
      .filter(({ enrolment: { state } }) => state === 'active')
      .map(({ enrolment, reason }) => ({
        ...steppedBack(enrolment),
        next_at: now,
        why_next: `once more: ${reason}`,
        turn: enrolment.turn + 1,
        updated_at: now,
      }));
    await this.write(unit, rows, ['step_id', 'tries', 'next_at', 'why_next', 'turn', 'updated_at']);
  }

  /** They wait, and their next time is kept. */
  async pause(unit: Unit, enrolments: readonly Enrolment[], reason: PauseReason, now: string): Promise<void> {
    const rows = enrolments
      .filter(({ state }) => state === 'active')
      .map((row) => ({ ...row, state: 'paused' as const, paused_for: reason, turn: row.turn + 1, updated_at: now }));
    if (rows.length > 0) await unit.of(Enrolment).updateEach(rows, ['state', 'paused_for', 'turn', 'updated_at']);
  }

  /**
   * They go on: each at its time, or, where that went by meanwhile, soon, spread over a while without a flood.
   * @param spreadMs the while; each one's place in it is by its order
   */
  async resume(
    unit: Unit,
    enrolments: readonly Enrolment[],
    reason: PauseReason,
    spreadMs: number,
    now: string,
  ): Promise<void> {
    const paused = enrolments.filter(({ state, paused_for }) => state === 'paused' && paused_for === reason);
    const rows = paused.map((row, index) => {
      const isOver = row.next_at === null || row.next_at <= now;
      const soon = new Date(Date.parse(now) + Math.round((spreadMs * index) / paused.length)).toISOString();
      return {
        ...row,
        state: 'active' as const,
        paused_for: null,
        next_at: isOver ? soon : row.next_at,
        why_next: isOver ? `goes on after a pause (${reason})` : row.why_next,
        turn: row.turn + 1,
        updated_at: now,
      };
    });
    await this.write(unit, rows, ['state', 'paused_for', 'next_at', 'why_next', 'turn', 'updated_at']);
  }

  /** They are over. */
  async end(
    unit: Unit,
    ends: readonly { readonly enrolment: Enrolment; readonly reason: string }[],
    now: string,
  ): Promise<void> {
    if (ends.length === 0) return;
    const rows = ends.map(({ enrolment, reason }) => ({
      ...enrolment,
      state: 'ended' as const,
      paused_for: null,
      live_lead_id: null,
      next_at: null,
      why_next: null,
      exit_reason: reason,
      ended_at: now,
      turn: enrolment.turn + 1,
      updated_at: now,
    }));
    await unit
      .of(Enrolment)
      .updateEach(rows, [
        'state',
        'paused_for',
        'live_lead_id',
        'next_at',
        'why_next',
        'exit_reason',
        'ended_at',
        'turn',
        'updated_at',
      ]);
    this.liveEvents.publish(
      unit,
      rows.map((row) => enrolmentEvent('journey.ended', row)),
    );
  }

  /**
   * Takes back what a decision about a lead did to its way: the sequence that it brought the lead into, or took a step
   * of, is over, and the one that it ended goes on.
   */
  async takeBack(
    unit: Unit,
    leadId: string,
    { decision_id, created_at }: { readonly decision_id: string; readonly created_at: string },
    reason: string,
    now: string,
  ): Promise<void> {
    const own = await unit.of(Enrolment).find({ lead_id: leadId }, { order: { enrolment_id: 'asc' }, lock: true });
    const live = own.find(({ live_lead_id }) => live_lead_id !== null);
    const isOfIt =
      live?.trail.some((taken) => taken.decision_id === decision_id) || (live?.entered_at ?? '') >= created_at;
    if (live && isOfIt) await this.end(unit, [{ enrolment: live, reason: `undone: ${reason}` }], now);
    if (live && !isOfIt) return;
    const before = own.find((each) => each !== live && each.ended_at === created_at && each.entered_at < created_at);
    if (!before) return;
    const row = {
      ...before,
      state: 'active' as const,
      live_lead_id: leadId,
      exit_reason: null,
      ended_at: null,
      next_at: now,
      why_next: 'goes on: what ended it was undone',
      turn: before.turn + 1,
      updated_at: now,
    };
    await this.write(unit, [row], REOPENED);
  }

  /** Promises again the steps whose time went by and that nothing came of, as after a queue's or outbox's loss. */
  async promiseOverdue(unit: Unit, before: string, limit: number): Promise<number> {
    const rows = await unit
      .of(Enrolment)
      .find({ state: 'active', next_at: lte(before) }, { order: { next_at: 'asc' }, limit });
    return this.outbox.add(unit, rows.map(promiseOf));
  }

  /** Live enrolments of a campaign's leads, by id: those after one, some at a time. */
  ofCampaign(reader: Reader, campaignId: string, after: string, limit: number): Promise<Enrolment[]> {
    const where = { campaign_id: campaignId, state: ['active', 'paused'] as EnrolmentState[], enrolment_id: gt(after) };
    return reader.of(Enrolment).find(where, { order: { enrolment_id: 'asc' }, limit });
  }

  /** The same of a sequence. */
  ofSequence(reader: Reader, sequenceId: string, after: string, limit: number): Promise<Enrolment[]> {
    const where = { sequence_id: sequenceId, state: ['active', 'paused'] as EnrolmentState[], enrolment_id: gt(after) };
    return reader.of(Enrolment).find(where, { order: { enrolment_id: 'asc' }, limit });
  }

  /** Live enrolments of people who work at the same place. */
  ofCompany(reader: Reader, companyKey: string): Promise<Enrolment[]> {
    return reader.of(Enrolment).find({ company_key: companyKey, state: ['active', 'paused'] as EnrolmentState[] });
  }

  /** How many live enrolments of a sequence stand after which step, by version and state. */
  async countLive(
    reader: Reader,
    sequenceId: string,
  ): Promise<{ version: number; step_id: string | null; state: string; people: number }[]> {
    const rows = await reader.query(
      `SELECT sequence_version, step_id, state, COUNT(*) AS n FROM enrolments
       WHERE sequence_id = ? AND state <> 'ended' GROUP BY sequence_version, step_id, state ORDER BY sequence_version, step_id`,
      [sequenceId],
    );
    return rows.map(({ sequence_version, step_id, state, n }) => ({
      version: Number(sequence_version),
      step_id: step_id === null ? null : String(step_id),
      state: String(state),
      people: Number(n),
    }));
  }

  /**
   * Those in a sequence go on in another version of it. Who stands after a step that is not there any more goes on with
   * the one that comes next in place; a shorter wait counts from now on.
   * @returns how many
   */
  async moveTo(unit: Unit, sequenceId: string, number: number, to: SequenceDefinition, now: string): Promise<number> {
    let count = 0;
    const kept = new Set(to.steps.map(({ id }) => id));
    for (;;) {
      const where = {
        sequence_id: sequenceId,
        state: ['active', 'paused'] as EnrolmentState[],
        sequence_version: lt(number),
      };
      const some = await unit.of(Enrolment).find(where, { limit: MOVED_AT_ONCE, lock: true });
      if (some.length === 0) return count;
      const rows = some.map((row) => ({
        ...row,
        sequence_version: number,
        step_id: row.step_id === null || kept.has(row.step_id) ? row.step_id : lastKept(row, kept),
        turn: row.turn + 1,
        updated_at: now,
      }));
      await this.write(unit, rows, ['sequence_version', 'step_id', 'turn', 'updated_at']);
      count += some.length;
    }
  }

  private async write(unit: Unit, rows: readonly Enrolment[], columns: (keyof Enrolment)[]): Promise<void> {
    if (rows.length === 0) return;
    await unit.of(Enrolment).updateEach(rows, columns);
    await this.outbox.add(unit, rows.filter(({ state }) => state === 'active').map(promiseOf));
  }
}
