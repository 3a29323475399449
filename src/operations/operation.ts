import { SetMetadata } from '@nestjs/common';
import type { Unit } from '../database/index.js';
import type { Principal } from './principal.js';

/**
 * - query: reads, no unit
 * - command: writes, inside one unit together with its audit row and idempotency record
 * - task: long work that opens its own units
 */
export type OperationKind = 'query' | 'command' | 'task';

export interface OperationDefinition {
  /** Noun and verb, as `lead.triage`; also the tool's and the method's name at the other doors. */
  name: string;
  /** The scope a caller needs; null for what anybody may call. */
  permission: string | null;
  kind: OperationKind;
  request: new () => object;
  response: new () => object;
  summary: string;
  /** False for answers that must not be stored for replay, such as tokens. */
  isIdempotent?: boolean;
  /**
   * It takes something away for good: doors for models and other agents need a person's yes first
   * (`approval.request`).
   */
  isDestructive?: boolean;
}

/** Told how far a long call has come, in units of its own; `done` only ever grows. */
export type ProgressListener = (done: number, total?: number, message?: string) => void;

interface BaseContext {
  principal: Principal;
  requestId: string;
  /** The moment of the call, ISO-8601 UTC. */
  now: string;
  /** The version that the caller believes to be current (If-Match). */
  ifMatch?: string;
  /**
   * Aborted when the caller no longer wants the answer. A command is then undone; a task may look at it between its
   * units.
   */
  signal?: AbortSignal;
  /** Where the caller wants to know. */
  onProgress?: ProgressListener;
}

export interface QueryContext extends BaseContext {
  unit?: undefined;
}
export interface CommandContext extends BaseContext {
  unit: Unit;
}
export type OperationContext = CommandContext;

export const OPERATION = Symbol('operation');

/** Marks a service's method `(request, context) => response` as an operation that every door can reach. */
export function Operation(definition: OperationDefinition): MethodDecorator {
  return SetMetadata(OPERATION, definition);
}
