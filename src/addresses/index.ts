export { companyLabel } from './company-domain.js';
export { parseEmail } from './email.js';
export { countryOfPhone, parsePhone } from './phone.js';
export type { Parsed } from './parsed.js';
