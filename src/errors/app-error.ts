export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'precondition'
  | 'too_large'
  | 'limit'
  | 'unavailable'
  | 'internal';

/** One thing wrong with a request: the field's path (as `items[2].name`) and why it was refused. */
export interface FieldError {
  path: string;
  reason: string;
}

export interface AppErrorDetails {
  errors?: FieldError[];
  /** Seconds after which trying again makes sense. */
  retryAfterSeconds?: number;
  cause?: unknown;
  /** The refusal is itself worth recording: what the command wrote is committed although the caller is told no. */
  keepsWrites?: boolean;
}

/** An error that the caller is told about. Each door turns `kind` into its own code; `code` is stable for scripts. */
export class AppError extends Error {
  readonly errors: FieldError[];
  readonly retryAfterSeconds: number | undefined;
  readonly keepsWrites: boolean;

  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    message: string,
    details: AppErrorDetails = {},
  ) {
    super(message, { cause: details.cause });
    this.name = 'AppError';
    this.errors = details.errors ?? [];
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.keepsWrites = details.keepsWrites ?? false;
  }
}

/** A field of the request is wrong. */
export function invalid(path: string, reason: string): AppError {
  return invalidFields([{ path, reason }]);
}

export function invalidFields(errors: FieldError[]): AppError {
  const message = errors.map(({ path, reason }) => (path ? `${path}: ${reason}` : reason)).join('; ');
  return new AppError('invalid', 'invalid_request', message, { errors });
}

export function notFound(noun: string, id: string): AppError {
  return new AppError('not_found', `${noun.replace(/\W+/g, '_')}_not_found`, `there is no ${noun} with the id "${id}"`);
}

/** The request is right, but not in the present state. */
export function conflict(code: string, message: string): AppError {
  return new AppError('conflict', code, message);
}

export function forbidden(message: string): AppError {
  return new AppError('forbidden', 'forbidden', message);
}

export function unauthenticated(message: string): AppError {
  return new AppError('unauthenticated', 'unauthenticated', message);
}

export function unavailable(message: string, retryAfterSeconds?: number, cause?: unknown): AppError {
  return new AppError('unavailable', 'unavailable', message, {
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    cause,
  });
}

export function limited(message: string, retryAfterSeconds: number): AppError {
  return new AppError('limit', 'rate_limited', message, { retryAfterSeconds });
}
