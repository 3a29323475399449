import type { Unit } from '../../database/index.js';
import { conflict, notFound } from '../../errors/index.js';
import { type CommandContext, checkVersion } from '../../operations/index.js';
import { requirePerson } from '../require-person.js';
import { sortKey } from '../sort-key.js';
import { Escalation } from './escalation.entity.js';

/**
 * The case as it stands, held until the unit ends, for a person who works on it.
 * @throws AppError for agents, and for a case that there is not, that has moved, or is resolved
 */
export async function lockUnresolved(
  escalationId: string,
  { unit, principal, ifMatch }: CommandContext,
): Promise<Escalation> {
  requirePerson(principal);
  const [escalation] = await unit.of(Escalation).find({ escalation_id: escalationId }, { lock: true });
  if (!escalation) throw notFound('escalation', escalationId);
  checkVersion(ifMatch, escalation.version);
  if (escalation.status === 'resolved') {
    throw conflict(
      'escalation_resolved',
      `this escalation was resolved on ${escalation.resolved_at} by ${escalation.resolved_by}`,
    );
  }
  return escalation;
}

/** @returns the case as it stands then */
export async function changeCase(unit: Unit, escalation: Escalation, patch: Partial<Escalation>): Promise<Escalation> {
  const next = { ...patch, version: escalation.version + 1 };
  await unit.of(Escalation).update({ escalation_id: escalation.escalation_id }, next);
  return { ...escalation, ...next };
}

/** What puts a case back in line that was put off. */
export function awake({ reason, worth, waiting_since }: Pick<Escalation, 'reason' | 'worth' | 'waiting_since'>) {
  return {
    sort_key: sortKey(reason, worth, waiting_since),
    waiting_since,
    snoozed_until: null,
    until_answer: false,
  } as const;
}

/** What every case that is closed says of itself, and that it stands in the line no more. */
export function closing(by: string, note: string | null, now: string) {
  return {
    status: 'resolved',
    resolved_at: now,
    resolved_by: by,
    resolution_note: note,
    sort_key: null,
    snoozed_until: null,
    until_answer: false,
  } as const satisfies Partial<Escalation>;
}
