/** The data set's statuses, each with where a lead that comes from elsewhere with it stands in the flow. */
const STATUS = {
  New: { flowState: 'new' },
  Open: { flowState: 'dormant' },
  Qualified: { flowState: 'dormant' },
  Unqualified: { flowState: 'closed' },
  Converted: { flowState: 'converted' },
} as const;

export type LeadStatus = keyof typeof STATUS;
export const LEAD_STATUSES = Object.keys(STATUS) as readonly LeadStatus[];

/** Where a lead that comes from elsewhere stands in the flow, as far as its status tells. */
export function flowStateOfStatus(leadStatus: string): string {
  return Object.hasOwn(STATUS, leadStatus) ? STATUS[leadStatus as LeadStatus].flowState : 'new';
}

/** Where a lead stands that nobody has looked at. */
export const NEWCOMER = { lead_status: 'New', flow_state: 'new' } as const;

export const TRIAGE_CATEGORIES = ['Campaign Qualified', 'Cold Lead', 'General Inquiry'] as const;
export type TriageCategory = (typeof TRIAGE_CATEGORIES)[number];

export const COMPANY_SIZES = ['1-10', '11-50', '51-200', '201-1000', '1001-5000', '5000+'] as const;
export type CompanySize = (typeof COMPANY_SIZES)[number];

export const CONVERSION_TYPES = ['demo_booked', 'trial_started', 'purchase', 'meeting_scheduled'] as const;
export type ConversionType = (typeof CONVERSION_TYPES)[number];

/** Ids that callers may choose. */
export const ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
