import type { Unit } from '../database/index.js';
import { Happening } from '../operations/index.js';
import type { Escalation } from './escalations/escalation.entity.js';

/** A note beside a case spoke to users of the team. */
export interface CaseMentioned {
  readonly unit: Unit;
  readonly escalation: Escalation;
  readonly noteId: string;
  readonly userIds: readonly string[];
  readonly now: string;
}

/** Told in the unit that keeps the note. */
export const CASE_MENTIONED = new Happening<CaseMentioned>('case mentioned');

/** That a person has taken a case. */
export interface CaseClaimed {
  readonly unit: Unit;
  readonly escalation: Escalation;
  readonly now: string;
}

/** Told in the unit that records it. */
export const CASE_CLAIMED = new Happening<CaseClaimed>('case claimed');
