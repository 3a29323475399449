import { isAhead } from '../config/index.js';
import { invalid } from '../errors/index.js';

/**
 * That something has happened when it is reported.
 * @throws AppError invalid, naming the field, for a time that lies ahead by more than clocks differ
 */
export function refuseFuture(field: string, at: string | undefined, now: string): void {
  if (at !== undefined && isAhead(at, now)) throw invalid(field, 'lies in the future');
}
