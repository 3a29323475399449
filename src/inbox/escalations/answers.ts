import { type FieldError, invalidFields } from '../../errors/index.js';
import type { Resolution } from '../vocabulary.js';
import type { Escalation } from './escalation.entity.js';

export const FORM_FIELD_TYPES = ['choice', 'whole_number', 'number', 'flag', 'text', 'list'] as const;

/** One thing that a person may change while settling a case. */
export interface FormField {
  readonly name: string;
  readonly label: string;
  readonly type: (typeof FORM_FIELD_TYPES)[number];
  /** Of a choice, and of the entries of a list. */
  readonly choices?: readonly string[];
  readonly min?: number;
  readonly max?: number;
}

/** An answer that a case takes, and what follows from it, in words. */
export interface CaseAnswer {
  readonly answer: Resolution;
  readonly then: string;
}

/** What the owner of a kind of case says of it to whoever decides. */
export interface CaseDescription {
  readonly appliesTo: (escalation: Escalation) => boolean;
  /** What `change` may change. */
  readonly form: readonly FormField[];
  /** What follows from each answer; the case takes no others. */
  readonly then: Readonly<Partial<Record<Resolution, string>>>;
}

/** Nobody goes on from such a case. */
export const CLOSES_ONLY: Readonly<Record<Resolution, string>> = {
  approve: 'The case is closed as approved. Nothing else happens.',
  reject: 'The case is closed as rejected. Nothing else happens.',
  change: 'The values are kept with the case.',
  return: 'The case is closed with the name of the agent that is to look again.',
  answered: 'The case is closed: you have seen to it yourself.',
};

/** @throws AppError invalid naming each field that is not in the form, or does not hold what the form says */
export function checkChanges(form: readonly FormField[], changes: Readonly<Record<string, unknown>>): void {
  const byName = new Map(form.map((field) => [field.name, field]));
  const faults: FieldError[] = Object.entries(changes).flatMap(([name, value]) => {
    const field = byName.get(name);
    const reason = field
      ? faultOf(field, value)
      : `cannot be changed here; allowed are ${[...byName.keys()].join(', ') || 'none'}`;
    return reason === undefined ? [] : [{ path: `changes.${name}`, reason }];
  });
  if (faults.length > 0) throw invalidFields(faults);
}

function faultOf({ type, choices = [], min, max }: FormField, value: unknown): string | undefined {
  switch (type) {
    case 'choice':
      return isAmong(choices, value) ? undefined : `must be one of ${choices.join(', ')}`;
    case 'list':
      if (!Array.isArray(value) || !value.every((each) => typeof each === 'string')) return 'must be a list of texts';
      return choices.length === 0 || value.every((each) => isAmong(choices, each))
        ? undefined
        : `must hold only: ${choices.join(', ')}`;
    case 'flag':
      return typeof value === 'boolean' ? undefined : 'must be true or false';
    case 'text':
      return typeof value === 'string' && value.length <= (max ?? 2_000)
        ? undefined
        : `must be text of at most ${max ?? 2_000} characters`;
    case 'number':
    case 'whole_number': {
      const isNumber = type === 'number' ? Number.isFinite(value) : Number.isInteger(value);
      const isWithin = (value as number) >= (min ?? -Infinity) && (value as number) <= (max ?? Infinity);
      const limits =
        min !== undefined && max !== undefined ? ` from ${min} to ${max}` : min === 0 ? ' of 0 or more' : '';
      return isNumber && isWithin ? undefined : `must be a ${type === 'number' ? '' : 'whole '}number${limits}`;
    }
  }
}

function isAmong(choices: readonly unknown[], value: unknown): boolean {
  return choices.includes(value);
}
