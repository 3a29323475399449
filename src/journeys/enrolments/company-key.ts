import { companyLabel } from '../../addresses/index.js';

/** Whom a person with this address works with: its domain, unless anybody can have an address there. */
export function companyKey(email: string | null): string | null {
  const domain = email?.slice(email.lastIndexOf('@') + 1).toLowerCase() ?? '';
  return domain === '' || companyLabel(domain) === null ? null : domain;
}
