import { AppError } from '../errors/index.js';

/**
 * Optimistic locking: compares an If-Match header with the row's version.
 * @throws AppError precondition when the row has moved on
 */
export function checkVersion(ifMatch: string | undefined, version: number): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const tags = ifMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (tags.includes(`"${version}"`)) return;
  throw new AppError(
    'precondition',
    'version_moved',
    `If-Match: the current version is "${version}"; read it again before changing it`,
  );
}
