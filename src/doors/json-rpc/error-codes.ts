import { AppError, type ErrorKind } from '../../operations/index.js';

const INVALID_PARAMS = -32602;
const INTERNAL_ERROR = -32603;

/**
 * The one place where kinds of errors become JSON-RPC's codes, and the status codes that the journal of calls keeps.
 */
const BY_KIND: Readonly<Record<ErrorKind, { code: number; status: number }>> = {
  invalid: { code: INVALID_PARAMS, status: 400 },
  unauthenticated: { code: -32001, status: 401 },
  forbidden: { code: -32003, status: 403 },
  not_found: { code: -32004, status: 404 },
  conflict: { code: -32009, status: 409 },
  precondition: { code: -32012, status: 412 },
  too_large: { code: -32013, status: 413 },
  limit: { code: -32029, status: 429 },
  unavailable: { code: -32053, status: 503 },
  internal: { code: INTERNAL_ERROR, status: 500 },
};

export function codeOf(error: AppError): number {
  return BY_KIND[error.kind].code;
}

export function statusOf(error: AppError): number {
  return BY_KIND[error.kind].status;
}

/** What the caller is told: an AppError as it is, anything else as ours. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError('internal', 'internal', 'something went wrong here; the log has it under the request id', {
    cause: error,
  });
}
