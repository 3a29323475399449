import type { ConversionType, OutreachChannel } from '../../vocabulary/index.js';

/** Who puts a lead into a sequence: triage, by what it found, or only a person. */
export const SEQUENCE_ENTRIES = ['qualified', 'cold', 'by_hand'] as const;
export type SequenceEntry = (typeof SEQUENCE_ENTRIES)[number];

/** How the engagement agent goes about it. */
export const SEQUENCE_PACES = ['engage', 'nurture'] as const;
export type SequencePace = (typeof SEQUENCE_PACES)[number];

/**
 * agent: the engagement agent decides variant, channel, words and hour · message: these words on this channel, in the
 * lead's contact hours.
 */
export const STEP_KINDS = ['agent', 'message'] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/** What else ends a sequence; answers, opt-outs, complaints, conversions and ended campaigns always do. */
export const SEQUENCE_EXITS = ['colleague_answered'] as const;
export type SequenceExit = (typeof SEQUENCE_EXITS)[number];

export interface SequenceStepDefinition {
  /** Stays with the step while the sequence is edited: people in it are found by it. */
  readonly id: string;
  /** Days after the step before it, or after the entry; parts of a day are allowed. */
  readonly wait_days: number;
  readonly does: StepKind;
  /** Of `message` steps. */
  readonly channel?: OutreachChannel;
  readonly subject?: string | null;
  readonly body?: string;
}

/** May somebody go through it again: never, or so many days after leaving it. */
export type Reentry = { readonly allowed: 'never' } | { readonly allowed: 'after'; readonly days: number };

/** A sequence as marketers edit it; each published version is one of these, and never changes. */
export interface SequenceDefinition {
  readonly entry: SequenceEntry;
  readonly pace: SequencePace;
  readonly steps: readonly SequenceStepDefinition[];
  /** Days in which an answer to the last step is waited for. */
  readonly closing_days: number;
  /** The sequence that takes over when nobody answered; null: the lead rests. */
  readonly then: string | null;
  readonly exit: readonly SequenceExit[];
  /** Conversions that it is for; empty: any. */
  readonly goal: readonly ConversionType[];
  readonly reentry: Reentry;
}

const DAY_MS = 86_400_000;

/** The step after one; the first after null; undefined after the last, or after one that is not there any more. */
export function stepAfter(definition: SequenceDefinition, stepId: string | null): SequenceStepDefinition | undefined {
  if (stepId === null) return definition.steps[0];
  const index = definition.steps.findIndex(({ id }) => id === stepId);
  return index < 0 ? undefined : definition.steps[index + 1];
}

/** Where a step stands, from 1; 0 when it is not there. */
export function placeOf(definition: SequenceDefinition, stepId: string): number {
  return definition.steps.findIndex(({ id }) => id === stepId) + 1;
}

/** When what follows a step taken at an instant is due: the next step, or the end of the wait for an answer. */
export function dueAfter(definition: SequenceDefinition, stepId: string | null, at: string): string {
  const days = stepAfter(definition, stepId)?.wait_days ?? definition.closing_days;
  return new Date(Date.parse(at) + days * DAY_MS).toISOString();
}
