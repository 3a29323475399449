import { companyLabel } from '../../addresses/index.js';
import { ESCALATION_REASON, type EscalationReason } from '../../vocabulary/index.js';

const LONGEST_SUMMARY = 140;
/** Boxes that several people read. */
const SHARED_BOXES = /^(info|sales|contact|office|hello|mail|team|support|admin|kontakt|marketing|noreply|no-reply)$/i;

/** Summaries that say what the lead does, as a title goes on after the name. */
const SAYS_WHAT = /^(wants|asks|would like|requests|needs|complains|objects|threatens|answered|answers|says|writes)\b/;

/** Reasons that the lead's own words name as well. */
const SPEAK_FOR_THEMSELVES: ReadonlySet<EscalationReason> = new Set([
  'hot_lead',
  'reply',
  'support',
  'complex_request',
]);

export interface TitledCase {
  readonly reason: EscalationReason;
  readonly summary: string;
  readonly lead_id: string | null;
}

export interface TitledLead {
  readonly lead_id: string;
  readonly email: string | null;
}

/**
 * Who and what: "Ada Okoye, Northwind: wants a demo next week", "Bob Lee: complains; the third mail this week". Names
 * come from what is known, which is often no more than an address.
 * @param about the lead, or the name of the campaign that the case is about
 */
export function titleOf({ reason, summary, lead_id }: TitledCase, about: TitledLead | string | null): string {
  const who = typeof about === 'string' ? about : about ? nameOf(about) : lead_id;
  const words = ESCALATION_REASON[reason].words;
  const what =
    SPEAK_FOR_THEMSELVES.has(reason) && SAYS_WHAT.test(summary)
      ? shortened(summary)
      : [words, shortened(summary)].filter(Boolean).join('; ');
  return who === null ? what : `${who}: ${what}`;
}

function nameOf({ lead_id, email }: TitledLead): string {
  const [local = '', domain = ''] = (email ?? '').split('@');
  if (local === '' || domain === '') return lead_id;
  const person = SHARED_BOXES.test(local) ? null : personIn(local);
  const label = companyLabel(domain);
  const company = label === null ? null : capitalised(label);
  return person === null ? email! : [person, company].filter(Boolean).join(', ');
}

/** "ada.okoye" is Ada Okoye; null where the box does not look like a name. */
function personIn(local: string): string | null {
  const parts = local
    .replace(/\+.*$/, '')
    .split(/[._-]+/)
    .filter((part) => /^\p{L}+$/u.test(part));
  return parts.length === 0 ? null : parts.map(capitalised).join(' ');
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function shortened(summary: string): string {
  const line = summary.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST_SUMMARY ? `${line.slice(0, LONGEST_SUMMARY - 1).trimEnd()}…` : line;
}
