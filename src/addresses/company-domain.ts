/** Domains at which anybody may have an address: they say nothing of a person's company. Without the last label. */
const FREE_MAIL: ReadonlySet<string> = new Set([
  ...['gmail', 'googlemail', 'outlook', 'hotmail', 'live', 'msn', 'yahoo', 'ymail', 'icloud', 'me', 'mac', 'aol'],
  ...['gmx', 'web', 'freenet', 't-online', 'arcor', 'proton', 'protonmail', 'pm', 'tutanota', 'tuta', 'fastmail'],
  ...['mail', 'yandex', 'inbox', 'rambler', 'qq', '163', '126', 'sina', 'naver', 'daum', 'rediffmail', 'zoho'],
  ...['orange', 'wanadoo', 'free', 'laposte', 'sfr', 'libero', 'virgilio', 'tiscali', 'uol', 'bol', 'terra'],
  ...['comcast', 'verizon', 'att', 'sbcglobal', 'btinternet', 'sky', 'bigpond', 'bluewin', 'hey'],
]);
/** Second labels under which countries give out names, as in `co.uk`. */
const UNDER_COUNTRIES: ReadonlySet<string> = new Set(['co', 'com', 'org', 'net', 'ac', 'gov', 'edu', 'or', 'ne', 'go']);

/** The label by which a domain is known: `northwind` of `mail.northwind.co.uk`; null for free mail. */
export function companyLabel(domain: string): string | null {
  const labels = domain.toLowerCase().split('.').filter(Boolean);
  labels.pop();
  if (labels.length > 1 && UNDER_COUNTRIES.has(labels.at(-1)!)) labels.pop();
  const label = labels.at(-1);
  return label === undefined || FREE_MAIL.has(label) ? null : label;
}
