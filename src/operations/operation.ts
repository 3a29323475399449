import { SetMetadata } from '@nestjs/common';
import type { Unit } from '../database/index.js';
import type { Principal } from './principal.js';

/**
 * - query: reads, no unit
 * - command: writes, inside one unit together with its audit row and idempotency record
 * - task: long work that opens its own units
 */
export type OperationKind = 'query' | 'command' | 'task';

/** A method and a path, `:lead_id` being the field `lead_id` of the request. */
export type Route = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`;

/** Where an operation stands at the REST door, and how it answers there. */
export interface RestRoute {
  route: Route;
  /** Of a good answer; 200 when left out, 204 where there is no body. */
  status?: number;
  /** The answer carries its `version` as an ETag. */
  hasEtag?: boolean;
  /** Answered without a body. */
  isEmpty?: boolean;
  /** What documents group it under; the first part of the path after the version when left out. */
  tag?: string;
}

/**
 * - marketer: in the short list of tools that a model gets when it asks for nothing else
 * - operator: in the whole list
 * - person: done by somebody who is signed in, such as deciding in the inbox; no door for models leads there
 */
export type Audience = 'marketer' | 'operator' | 'person';

/** What an outside model may ask for, and only a person may allow: money, or words that reach people. */
export interface NeedsPerson {
  readonly for: 'money' | 'message';
  /** Only where one of these fields is given, as `constraints.max_budget_increase`; always when left out. */
  readonly fields?: readonly string[];
}

/** Everything that the doors need to know of an operation: none of them keeps a list of its own. */
export interface OperationDefinition {
  /** Noun and verb, as `lead.triage`; also the tool's and the method's name at the other doors. */
  name: string;
  /** The scope a caller needs; null for what anybody may call. */
  permission: string | null;
  kind: OperationKind;
  request: new () => object;
  response: new () => object;
  summary: string;
  /** Its route at the REST door; without one it has none there. */
  rest?: Route | RestRoute;
  /** Other names that callers know it by: a route, which answers in the same shape, and a method of JSON-RPC. */
  aliases?: { rest?: Route; rpc?: string };
  /** The resource that it is about, as `db://leads`; `herald://` and its noun when left out. */
  resource?: string;
  /** Operator when left out. */
  audience?: Audience;
  /** Credentials are not asked for at the REST door. */
  isPublic?: boolean;
  /** It takes or gives a secret: it stays with REST and JSON-RPC, and its answer is never stored for replay. */
  carriesSecret?: boolean;
  /** False where each call must be looked at anew: an Idempotency-Key has no meaning. */
  isReplayed?: boolean;
  /** Called again with the same input it changes nothing more. A query is so by nature. */
  isIdempotent?: boolean;
  /**
   * It takes something away for good: doors for models and other agents need a person's yes first
   * (`approval.request`).
   */
  isDestructive?: boolean;
  /**
   * It moves money or puts words before people: what may be a model asks for it, and a person allows it
   * (`approval.request`).
   */
  needsPerson?: NeedsPerson;
  /** It can lead to something outside of this server, such as a message to a person. */
  goesOutside?: boolean;
}

/** Told how far a long call has come, in units of its own; `done` only ever grows. */
export type ProgressListener = (done: number, total?: number, message?: string) => void;

interface BaseContext {
  principal: Principal;
  requestId: string;
  /** The moment of the call, ISO-8601 UTC. */
  now: string;
  /** The network address that it came from, where it came by one. */
  ip?: string;
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

/** Whether an Idempotency-Key makes the operation safe to send again: its answer is stored and given once more. */
export function isReplayable({ kind, carriesSecret, isReplayed = true }: OperationDefinition): boolean {
  return kind === 'command' && !carriesSecret && isReplayed;
}

/** Whether doors for models and other agents may lead to it: not where a secret passes, or a person has to act. */
export function isForModels({ carriesSecret, audience }: OperationDefinition): boolean {
  return !carriesSecret && audience !== 'person';
}

/** The resource that a call is about, as the journal of calls names it. */
export function resourceOf({ resource, name }: OperationDefinition): string {
  return resource ?? `herald://${name.split('.', 1)[0]}`;
}
