import { CHANNEL, type OutreachChannel } from '../../vocabulary/index.js';

export interface Words {
  /** Only email has one. */
  readonly subject: string | null;
  readonly body: string;
}

export type WordsProblem =
  'empty' | 'too_long' | 'subject' | 'placeholder' | 'foreign_link' | 'foreign_recipient' | 'control_characters';

const MAX_SUBJECT_LENGTH = 120;

const TEMPLATE_SIGN = /\{\{|\}\}|\{%|%\}|\$\{|\{[a-z_ ]+\}|<[a-z_ ]+>/i;
const UNFILLED =
  /\[[^\]\n]{0,30}(?:name|company|insert|date|link|title)[^\]\n]{0,30}\]|\bTODO\b|\blorem ipsum\b|\bundefined\b|\bNaN\b/i;
const LINK = /\b[a-z][a-z0-9+.-]*:\/\/[^\s<>"')\]]+|\bwww\.[^\s<>"')\]]+|\b(?:javascript|data|mailto|tel):\S+/gi;
const BARE_HOST =
  /\b(?:[a-z0-9-]+\.)+(?:com|net|org|io|co|ai|app|dev|info|biz|ru|cn|xyz|top|link|click|me|ly)\b(?!@)(?:\/\S*)?/gi;
const ADDRESS = /[^\s@<>]+@[^\s@<>]+\.[a-z]{2,}/i;
const PHONE = /\+?\d[\d\s().-]{7,}\d/;
// eslint-disable-next-line no-control-regex -- these are what must not be in a message
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]/;

/**
 * Whether words may be sent, whoever wrote them: not empty, short enough for the channel, nothing left unfilled,
 * links only to allowed hosts over https (http for localhost), no address or phone number that could lead the reader
 * to somebody else.
 * @returns the problems found; none means fit to send
 */
export function checkWords(
  { subject, body }: Words,
  channel: OutreachChannel,
  allowedLinkHosts: readonly string[],
): WordsProblem[] {
  const problems: WordsProblem[] = [];
  const text = `${subject ?? ''}\n${body}`;
  if (body.trim() === '') problems.push('empty');
  if (body.length > CHANNEL[channel].maxBodyChars) problems.push('too_long');
  if (!(CHANNEL[channel].hasSubject ? isSubjectLine(subject) : subject === null)) problems.push('subject');
  if (TEMPLATE_SIGN.test(text) || UNFILLED.test(text)) problems.push('placeholder');
  const allowed = new Set(allowedLinkHosts);
  const links = text.match(LINK) ?? [];
  const withoutLinks = text.replace(LINK, ' ');
  const bareHosts = withoutLinks.replace(new RegExp(ADDRESS, 'gi'), ' ').match(BARE_HOST) ?? [];
  if (
    links.some((link) => !isAllowedLink(link, allowed)) ||
    bareHosts.some((host) => !allowed.has(host.toLowerCase().split('/')[0]!))
  ) {
    problems.push('foreign_link');
  }
  if (ADDRESS.test(withoutLinks) || PHONE.test(withoutLinks)) problems.push('foreign_recipient');
  if (CONTROL.test(text)) problems.push('control_characters');
  return problems;
}

function isSubjectLine(subject: string | null): boolean {
  return subject !== null && subject.trim() !== '' && subject.length <= MAX_SUBJECT_LENGTH && !/[\r\n]/.test(subject);
}

function isAllowedLink(link: string, allowed: ReadonlySet<string>): boolean {
  if (!URL.canParse(link)) return false;
  const { protocol, hostname, host, username, password } = new URL(link);
  if (username !== '' || password !== '') return false;
  const isSecure = protocol === 'https:' || (protocol === 'http:' && hostname === 'localhost');
  return isSecure && (allowed.has(hostname) || allowed.has(host));
}
