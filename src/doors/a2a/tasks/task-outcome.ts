import { TaskState } from '@a2a-js/sdk';
import type { AppError } from '../../../errors/index.js';
import type { RegisteredOperation } from '../../../operations/index.js';
import { asking } from './task-intake.js';
import { type TaskChange, type TaskPatch, dataPart, textPart } from './task-log.js';

/** What a run means for its task. */
export interface TaskOutcome {
  readonly changes: readonly TaskChange[];
  readonly patch: TaskPatch;
}

/** An approval as the inbox tells of it. */
export interface ApprovalState {
  readonly approval_id: string;
  readonly status: string;
  readonly expires_at: string;
  readonly result?: object | null;
  readonly reason?: string | null;
  readonly decision_note?: string | null;
  readonly closed_reason?: string | null;
}

const SHOWN_FIELDS = 8;
const LONGEST_SHOWN = 120;

/** The answer becomes the task's artifact: the operation's response whole, and a line of text about it. */
export function done(skill: string, answer: object, artifactId: string): TaskOutcome {
  const text = `${skill}: ${summarise(answer)}`;
  const artifact = {
    artifactId,
    name: skill,
    description: `The answer of ${skill}`,
    parts: [dataPart(answer), textPart(text)],
    metadata: undefined,
    extensions: [],
  };
  return { changes: [{ artifact }, { state: TaskState.TASK_STATE_COMPLETED, says: [textPart(text)] }], patch: {} };
}

/** The task waits for a person. Nothing that the client sends is their word. */
export function waitsForPerson(
  skill: string,
  { approval_id, expires_at }: ApprovalState,
  inboxUrl: string,
): TaskOutcome {
  const says = [
    textPart(
      `${skill} needs a person’s yes. Somebody who may decide approvals decides about ${approval_id} in Herald’s inbox; this task goes on by itself then.`,
    ),
    dataPart({ approval_id, expires_at, decide_at: inboxUrl, needs: [] }),
  ];
  return { changes: [{ state: TaskState.TASK_STATE_INPUT_REQUIRED, says }], patch: { approval_id } };
}

/** What a settled approval means; undefined while it is open. */
export function afterApproval(
  skill: string,
  { approval_id, status, result, ...said }: ApprovalState,
): TaskOutcome | undefined {
  if (isOpen(status)) return undefined;
  if (status === 'executed') return done(skill, result ?? {}, approval_id);
  const reason = said.reason ?? said.closed_reason ?? said.decision_note;
  const ended = (state: TaskState): TaskOutcome => ({
    changes: [
      {
        state,
        says: [
          textPart(`${approval_id} is ${status}${reason ? `: ${reason}` : ''}`),
          dataPart({ approval_id, status, reason: reason ?? null }),
        ],
      },
    ],
    patch: {},
  });
  return ended(status === 'rejected' ? TaskState.TASK_STATE_REJECTED : TaskState.TASK_STATE_FAILED);
}

/** The approval went with what it was about, as when a person's data is erased: nobody can say yes any more. */
export function withoutApproval(approvalId: string): TaskOutcome {
  const says = [
    textPart(`${approvalId} is gone, with what it was about; nothing was carried out`),
    dataPart({ approval_id: approvalId, status: 'gone', reason: null }),
  ];
  return { changes: [{ state: TaskState.TASK_STATE_FAILED, says }], patch: {} };
}

/** Nobody has decided yet, or what was decided is being carried out. */
export function isOpen(approvalStatus: string): boolean {
  return approvalStatus === 'pending' || approvalStatus === 'approved';
}

/**
 * What a refusal by the operation means: wrong fields are asked for again, a missing scope is a no, anything else a
 * failure.
 */
export function refused(operation: RegisteredOperation, error: AppError, schema: object): TaskOutcome {
  if (error.kind === 'invalid' && error.errors.length > 0)
    return { changes: [asking(operation, error.errors, schema)], patch: {} };
  const state = error.kind === 'forbidden' ? TaskState.TASK_STATE_REJECTED : TaskState.TASK_STATE_FAILED;
  return {
    changes: [{ state, says: [textPart(error.message), dataPart({ code: error.code, kind: error.kind })] }],
    patch: {},
  };
}

/** One line for people: the answer's plain fields, and how long its lists are. */
export function summarise(answer: object): string {
  const fields = Object.entries(answer).flatMap(([name, value]: [string, unknown]) => {
    if (Array.isArray(value)) return [`${value.length} ${name}`];
    if (value === null || typeof value === 'object') return [];
    return [`${name} ${String(value).slice(0, LONGEST_SHOWN)}`];
  });
  return fields.length > 0 ? fields.slice(0, SHOWN_FIELDS).join(', ') : 'done';
}
