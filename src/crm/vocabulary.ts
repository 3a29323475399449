/** The data set's words. Fields whose meaning the code depends on take only these. */
export const LEAD_STATUSES = ['New', 'Open', 'Qualified', 'Unqualified', 'Converted'] as const;
export const TRIAGE_CATEGORIES = ['Campaign Qualified', 'Cold Lead', 'General Inquiry'] as const;
export const COMPANY_SIZES = ['1-10', '11-50', '51-200', '201-1000', '1001-5000', '5000+'] as const;
export const REGIONS = ['LATAM', 'MEA', 'US', 'India', 'EU', 'APAC'] as const;
export const CHANNELS = ['Email', 'SMS', 'Social', 'Ads', 'Web', 'Call'] as const;
export const EVENT_TYPES = [
  'email_sent',
  'email_open',
  'email_click',
  'reply',
  'sms_sent',
  'sms_reply',
  'call_made',
  'call_answered',
  'social_comment',
  'site_visit',
  // Herald's own: the lead agrees to a channel again after having left it
  'opt_in',
] as const;
export const OUTCOMES = ['none', 'positive', 'negative', 'unsubscribe', 'callback_requested'] as const;
export const CONVERSION_TYPES = ['demo_booked', 'trial_started', 'purchase', 'meeting_scheduled'] as const;
export const CAMPAIGN_STATUSES = ['active', 'paused', 'ended'] as const;
export const KPIS = ['CPL', 'CTR', 'ROAS', 'Revenue', 'MQL Volume'] as const;

/** Ids that callers may choose. */
export const ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
