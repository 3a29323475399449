import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock, newId } from '../config/index.js';
import { CursorError, UnitOfWork, leadNamedIn, type Unit } from '../database/index.js';
import { Metrics } from '../telemetry/index.js';
import { AppError, conflict, forbidden, invalid, unauthenticated } from '../errors/index.js';
import { AuditEntry } from './audit/audit-entry.entity.js';
import { subjectOf } from './audit/subject-of.js';
import { IdempotencyRecord } from './idempotency-record.entity.js';
import { Happening, Listeners } from './listeners.js';
import { askedOfPerson, mayBeModel } from './needs-person.js';
import { type NeedsPerson, type ProgressListener, isReplayable } from './operation.js';
import { OperationRegistry, type RegisteredOperation } from './operation-registry.js';
import { type Principal, hasScope } from './principal.js';
import { coerceText, validateRequest } from './validate-request.js';

/** The request that a call came by, for its row in the journal. */
export interface HttpCall {
  readonly method: string;
  /** Of the answer, if there is one. */
  readonly status: number;
  readonly bytesIn: number;
  /** How long the body is that the answer will be. */
  bytesOf(response: object): number;
  /** Called when the row is committed. */
  journalled(): void;
}

export interface CallOptions {
  principal: Principal | undefined;
  /** The door it came through: rest, rpc, mcp, a2a, cli, internal. */
  door?: string;
  requestId?: string;
  /** Of a door at which a request is a call. */
  http?: HttpCall;
  /** The network address of the caller; the principal's own when left out. */
  ip?: string;
  idempotencyKey?: string;
  ifMatch?: string;
  /** Values are text from a query string and take the types that the request class declares. */
  isText?: boolean;
  /** Called when the answer is a stored one. */
  onReplay?: () => void;
  /** Aborted when the caller no longer wants it: a command that has not committed is undone. */
  signal?: AbortSignal;
  onProgress?: ProgressListener;
}

/** A call lacked its scope. Told at once, outside of any unit. */
export const CALL_REFUSED = new Happening<{ principal: Principal | undefined; operation: string; scope: string }>(
  'call refused',
);

/** What `approval.request` answers. */
interface RequestedAnswer {
  readonly approval_id: string;
  readonly status: string;
  readonly expires_at: string;
  readonly reason?: string;
  readonly result?: object;
}

const MAX_KEY_LENGTH = 200;

/**
 * Where every door leads: permission → validation → idempotency → the operation, with its audit row in the same unit.
 */
@Injectable()
export class OperationBus {
  private readonly durations;

  constructor(
    private readonly registry: OperationRegistry,
    private readonly listeners: Listeners,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    this.durations = metrics.histogram('herald_operation_seconds', 'Duration of operations', ['operation', 'outcome']);
  }

  /** @throws AppError for everything that the caller did wrong; other errors are ours */
  async call<T extends object = object>(name: string, input: unknown, options: CallOptions): Promise<T> {
    const operation = this.registry.get(name);
    const started = performance.now();
    let outcome = 'ok';
    try {
      this.checkPermission(operation, options.principal);
      const plain = options.isText ? coerceText(operation.request, (input ?? {}) as Record<string, unknown>) : input;
      const request = validateRequest(operation.request, plain);
      const asked = askedOfPerson(operation, request);
      if (asked && mayBeModel(options.principal, options.door ?? 'internal'))
        return (await this.askPerson(operation, request, asked, options)) as T;
      return (await this.run(operation, request, options)) as T;
    } catch (exception) {
      const error =
        exception instanceof CursorError ? invalid('cursor', exception.message.replace(/^cursor /, '')) : exception;
      outcome = error instanceof AppError ? error.kind : 'internal';
      throw error;
    } finally {
      this.durations.observe({ operation: name, outcome }, (performance.now() - started) / 1000);
    }
  }

  /** @returns what the call answered once a person had allowed it @throws AppError conflict while nobody has, or no */
  private async askPerson(
    { name }: RegisteredOperation,
    input: object,
    asked: NeedsPerson['for'],
    { idempotencyKey: _, isText: __, ...options }: CallOptions,
  ): Promise<object> {
    const reason = `a model may not decide about ${asked === 'money' ? 'money' : 'words that reach people'}`;
    const approval = await this.call<RequestedAnswer>('approval.request', { operation: name, input, reason }, options);
    const { approval_id, status, expires_at } = approval;
    if (status === 'executed') return approval.result ?? {};
    if (status !== 'pending')
      throw conflict(
        `approval_${status}`,
        `${approval_id} is ${status}${approval.reason ? `: ${approval.reason}` : ''}`,
      );
    throw conflict(
      'approval_required',
      `nothing was done yet, ${reason}: ${approval_id} waits for a person until ${expires_at}; make the same call again after the yes`,
    );
  }

  /** For doors that see before the call that the scope is missing. */
  noteRefusal(principal: Principal, operation: string, scope: string): void {
    this.listeners.tellAtOnce(CALL_REFUSED, { principal, operation, scope });
  }

  private checkPermission(operation: RegisteredOperation, principal: Principal | undefined): void {
    if (operation.permission === null) return;
    if (!principal) throw unauthenticated('this operation needs an access token or an API key');
    if (hasScope(principal, operation.permission)) return;
    this.noteRefusal(principal, operation.name, operation.permission);
    throw forbidden(
      `"${operation.name}" needs the scope ${operation.permission}, which ${principal.name} does not have`,
    );
  }

  /**
   * A command inside a unit that is open already, such as that of the approval which allows it. The same checks and
   * the same audit row as a call from outside; idempotency is the caller's.
   */
  async callWithin<T extends object = object>(
    unit: Unit,
    name: string,
    input: unknown,
    options: CallOptions,
  ): Promise<T> {
    const operation = this.registry.get(name);
    if (operation.kind !== 'command') throw new Error(`"${name}" opens its own units, so it cannot run inside one`);
    this.checkPermission(operation, options.principal);
    return this.runCommand(
      unit,
      operation,
      validateRequest(operation.request, input),
      options,
      this.contextOf(options),
    ) as Promise<T>;
  }

  private run(operation: RegisteredOperation, request: object, options: CallOptions): Promise<object> {
    const context = this.contextOf(options);
    if (operation.kind !== 'command') return operation.handler(request, context);
    return this.inUnit(async (unit) => {
      const key = isReplayable(operation) ? options.idempotencyKey : undefined;
      const work = () => this.runCommand(unit, operation, request, options, context);
      const response = await (key === undefined
        ? work()
        : this.runOnce(unit, operation, request, key, options, context.now, work));
      // whoever asked has taken it back before it was committed
      if (options.signal?.aborted) throw conflict('cancelled', 'the call was cancelled; nothing was done');
      return response;
    });
  }

  private contextOf({ principal, requestId, ip = principal?.ip, ifMatch, signal, onProgress }: CallOptions) {
    return {
      principal,
      requestId: requestId ?? newId('req'),
      now: this.clock.iso(),
      ifMatch,
      ...(ip !== undefined && { ip }),
      ...(signal && { signal }),
      ...(onProgress && { onProgress }),
    };
  }

  private async runCommand(
    unit: Unit,
    operation: RegisteredOperation,
    request: object,
    options: CallOptions,
    context: ReturnType<OperationBus['contextOf']>,
  ): Promise<object> {
    const response = await operation.handler(request, { ...context, unit });
    const { http } = options;
    const subject = subjectOf(operation.name, request, response);
    // what takes a lead away for good must not leave its name
    const isGone = subject?.kind === 'lead' && operation.isDestructive === true;
    if (http) unit.afterCommit(() => http.journalled());
    await unit
      .of(AuditEntry)
      .insert({
        audit_id: newId('aud'),
        at: context.now,
        operation: operation.name,
        principal_id: context.principal?.id ?? 'anonymous',
        principal_kind: context.principal?.kind ?? 'anonymous',
        door: options.door ?? 'internal',
        request_id: context.requestId,
        subject_kind: subject?.kind ?? null,
        subject_id: isGone ? null : (subject?.id ?? null),
        ...(http && {
          http_method: http.method,
          status_code: http.status,
          bytes_in: http.bytesIn,
          bytes_out: http.bytesOf(response),
        }),
      });
    return response;
  }

  /** A refusal that keeps its writes is thrown only after they are committed. */
  private async inUnit(work: (unit: Unit) => Promise<object>): Promise<object> {
    let refusal: AppError | undefined;
    const response = await this.unitOfWork.run(async (unit) => {
      // PostgreSQL may have made the unit run again
      refusal = undefined;
      try {
        return await work(unit);
      } catch (error) {
        if (!(error instanceof AppError && error.keepsWrites)) throw error;
        refusal = error;
        return {};
      }
    });
    if (refusal) throw refusal;
    return response;
  }

  /** Claims the key first: a second call with it waits for the claim's unit, then finds the answer. */
  private async runOnce(
    unit: Unit,
    operation: RegisteredOperation,
    request: object,
    key: string,
    options: CallOptions,
    now: string,
    work: () => Promise<object>,
  ): Promise<object> {
    if (key.length === 0 || key.length > MAX_KEY_LENGTH)
      throw invalid('Idempotency-Key', `must have 1 to ${MAX_KEY_LENGTH} characters`);
    const records = unit.of(IdempotencyRecord);
    const id = { principal_id: options.principal?.id ?? 'anonymous', operation: operation.name, idempotency_key: key };
    const request_hash = createHash('sha256').update(JSON.stringify(request, inKeyOrder)).digest('base64url');
    const isNew =
      (await records.insertNew({ ...id, request_hash, response: null, created_at: now, lead_id: null })) === 1;
    if (!isNew) {
      const [record] = await records.find(id);
      if (record?.request_hash !== request_hash) {
        throw conflict(
          'idempotency_key_reused',
          'this Idempotency-Key was used with a different request; use a new key',
        );
      }
      options.onReplay?.();
      return record.response!;
    }
    try {
      const response = await work();
      await records.update(id, { response, lead_id: leadNamedIn(request, response) });
      return response;
    } catch (error) {
      // a refusal is no answer to give again
      if (error instanceof AppError && error.keepsWrites) await records.delete(id);
      throw error;
    }
  }
}

/** For `JSON.stringify`: the same text whatever the order in which the fields came. */
function inKeyOrder(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
