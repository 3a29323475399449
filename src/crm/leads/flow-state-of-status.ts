const FLOW_STATE: Readonly<Record<string, string>> = {
  New: 'new',
  Open: 'nurturing',
  Qualified: 'outreach',
  Converted: 'converted',
  Unqualified: 'closed',
};

/** Where a lead that comes from elsewhere stands in the flow, as far as its status tells. */
export function flowStateOfStatus(leadStatus: string): string {
  return FLOW_STATE[leadStatus] ?? 'new';
}
