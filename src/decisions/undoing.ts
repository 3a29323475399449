import { Injectable } from '@nestjs/common';
import { type Reader, type Unit, gte } from '../database/index.js';
import { AppError, conflict } from '../errors/index.js';
import { LiveEvents } from '../live-events/index.js';
import { decisionEvent } from './decision-event.js';
import { Decision } from './decision.entity.js';
import { type InverseHandler, InverseRegistry, type UndoContext, type UndoState } from './inverse-registry.js';
import { type Inverse, stepsOf } from './inverse.js';
import { describeDifference, jsonDifferences } from './json-differences.js';

/** A decision and what was decided on the strength of it, the latest first: the order in which they are taken back. */
type Chain = readonly Decision[];
type States = ReadonlyMap<string, UndoState | undefined>;

/**
 * Takes decisions back, each with what followed from it. Whether that can be done is worked out from what has happened
 * since: all of it is gone through once in thought before anything is written.
 */
@Injectable()
export class Undoing {
  constructor(
    private readonly inverses: InverseRegistry,
    private readonly liveEvents: LiveEvents,
  ) {}

  /** Those of the decisions that could be taken back now. */
  async reversible(reader: Reader, decisions: readonly Decision[]): Promise<Set<string>> {
    const possible = decisions.filter((decision) => refusalOf(decision) === undefined);
    const refused = await this.whyNot(reader, await this.chainsOf(reader, possible));
    return new Set(possible.map(({ decision_id }) => decision_id).filter((id) => !refused.has(id)));
  }

  /**
   * Takes a locked decision back, in the caller's unit, which has to end with the error if there is one.
   * @returns the decision as it stands then
   * @throws AppError conflict when it was undone or not carried out, or when what happened since stands against it
   */
  async undo(unit: Unit, decision: Decision, context: UndoContext): Promise<Decision> {
    const refusal = refusalOf(decision);
    if (refusal) throw refusal;
    const chains = await this.chainsOf(unit, [decision]);
    for (const [handler, inverses] of this.byHandler(chains.get(decision)!)) await handler.lock?.(unit, inverses);
    const [reason] = (await this.whyNot(unit, chains)).values();
    if (reason) throw reason;
    let undone = decision;
    for (const each of chains.get(decision)!) {
      const isFollower = each.decision_id !== decision.decision_id;
      const because = isFollower ? followedFrom(decision.decision_id, context.reason) : context.reason;
      for (const handler of this.inverses.consequences) await handler.takeBack(unit, each, context);
      for (const step of inversesOf(each).toReversed()) await this.inverses.handlerOf(step).apply(unit, step, context);
      undone = await this.note(unit, each, because, context);
    }
    return undone;
  }

  private async note(
    unit: Unit,
    decision: Decision,
    reason: string,
    { principal, now }: UndoContext,
  ): Promise<Decision> {
    const patch =
      decision.status === 'proposed'
        ? { status: 'rejected' as const }
        : { status: 'undone' as const, undone_at: now, undone_by: principal.id, undo_reason: reason };
    await unit.of(Decision).update({ decision_id: decision.decision_id }, patch);
    const after = { ...decision, ...patch };
    if (after.status === 'undone') this.liveEvents.publish(unit, decisionEvent('decision.undone', after));
    return after;
  }

  private async chainsOf(reader: Reader, decisions: readonly Decision[]): Promise<Map<Decision, Chain>> {
    const builtOn = decisions.filter(({ subject_type }) => this.inverses.isBuiltOn(subject_type));
    const subjects = [...new Set(builtOn.map(({ subject_id }) => subject_id))];
    const since = builtOn.reduce((first, { created_at }) => (created_at < first ? created_at : first), '9999');
    const later =
      subjects.length === 0 ? [] : await reader.of(Decision).find({ subject_id: subjects, created_at: gte(since) });
    const standing = later.filter(({ status }) => status === 'applied' || status === 'proposed');
    return new Map(
      decisions.map((decision) => {
        const followers = builtOn.includes(decision) ? standing.filter((each) => follows(each, decision)) : [];
        return [decision, [...followers.sort((a, b) => inOrder(b, a)), decision]];
      }),
    );
  }

  /** What stands against taking back each chain, by the decision that it begins with; absent for nothing. */
  private async whyNot(reader: Reader, chains: ReadonlyMap<Decision, Chain>): Promise<Map<string, AppError>> {
    const all = [...new Map([...chains.values()].flat().map((each) => [each.decision_id, each])).values()];
    const consequences = new Map<string, string>();
    for (const handler of this.inverses.consequences)
      for (const [id, reason] of await handler.whyNot(reader, all)) consequences.set(id, reason);
    const refused = new Map<string, AppError>();
    const states = await this.statesOf(reader, all);
    for (const [decision, chain] of chains) {
      try {
        this.goThrough(chain, states, consequences);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        refused.set(decision.decision_id, error);
      }
    }
    return refused;
  }

  /** The present states of everything that the decisions changed, read at once. */
  private async statesOf(reader: Reader, decisions: readonly Decision[]): Promise<States> {
    const states = new Map<string, UndoState | undefined>();
    for (const [handler, inverses] of this.byHandler(decisions)) {
      const found = await handler.readStates(reader, inverses);
      inverses.forEach((inverse, index) => states.set(this.inverses.keyOf(inverse), found[index]));
    }
    return states;
  }

  /** The inverses of decisions by who carries them out; those that nobody here knows are left out. */
  private byHandler(decisions: readonly Decision[]): Map<InverseHandler, Inverse[]> {
    const byHandler = new Map<InverseHandler, Inverse[]>();
    for (const inverse of decisions.flatMap(inversesOf)) {
      const handler = this.inverses.find(inverse);
      if (handler) byHandler.set(handler, [...(byHandler.get(handler) ?? []), inverse]);
    }
    return byHandler;
  }

  /** @throws AppError conflict for the first thing that stands against it */
  private goThrough(chain: Chain, states: States, consequences: ReadonlyMap<string, string>): void {
    const seen = new Map(states);
    for (const decision of chain) {
      const reason = consequences.get(decision.decision_id);
      if (reason !== undefined) throw conflict('state_moved', `this decision cannot be undone any more: ${reason}`);
      if (decision.status === 'applied' && !decision.inverse)
        throw conflict(
          'irreversible',
          `what ${decision.kind} did on it (${decision.decision_id}) cannot be taken back`,
        );
      for (const inverse of inversesOf(decision).toReversed()) {
        const handler = this.inverses.handlerOf(inverse);
        const key = this.inverses.keyOf(inverse);
        const state = seen.get(key);
        if (!state) throw conflict('state_moved', 'what this decision changed is gone, so it cannot be undone');
        const moved = handler.whyNot ? handler.whyNot(state, inverse) : whatMoved(state, inverse);
        if (moved !== undefined)
          throw conflict('state_moved', `the state has moved since this decision, so it cannot be undone: ${moved}`);
        seen.set(key, handler.leaves(state, inverse));
      }
    }
  }
}

/** Why a decision as such cannot be undone; undefined if it may. */
function refusalOf({ status, inverse, undone_at, undone_by }: Decision): AppError | undefined {
  if (status === 'undone')
    return conflict('already_undone', `this decision was undone on ${undone_at} by ${undone_by}`);
  if (status !== 'applied')
    return conflict('not_applied', `this decision is ${status}: nothing was done that could be undone`);
  return inverse ? undefined : conflict('irreversible', 'what this decision did cannot be taken back');
}

/** How the fields that an inverse expects differ from those that are found; undefined if they do not. */
export function whatMoved(state: UndoState, { expects }: Pick<Inverse, 'expects'>): string | undefined {
  const found = Object.fromEntries(Object.keys(expects).map((name) => [name, state[name]]));
  const moved = jsonDifferences(expects, found);
  return moved.length === 0 ? undefined : moved.map(describeDifference).join('; ');
}

const FOLLOWED = 'followed from ';

function followedFrom(decisionId: string, reason: string): string {
  return `${FOLLOWED}${decisionId}, which was undone: ${reason}`;
}

/** Whether it was undone because something before it was. */
export function wasUndoneAlong({ status, undo_reason }: Decision): boolean {
  return status === 'undone' && undo_reason?.startsWith(FOLLOWED) === true;
}

function inversesOf({ inverse, status }: Decision): readonly Inverse[] {
  return inverse && status === 'applied' ? stepsOf(inverse) : [];
}

function follows(each: Decision, decision: Decision): boolean {
  return (
    each.subject_type === decision.subject_type &&
    each.subject_id === decision.subject_id &&
    inOrder(decision, each) < 0
  );
}

/** By time; ids are made in order. */
function inOrder(a: Decision, b: Decision): number {
  const [first, second] = [`${a.created_at} ${a.decision_id}`, `${b.created_at} ${b.decision_id}`];
  return first < second ? -1 : first > second ? 1 : 0;
}
