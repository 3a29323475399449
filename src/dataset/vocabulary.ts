import { ESCALATION_REASONS as REASONS } from '../vocabulary/index.js';

/**
 * Words of the data set that only its files need. Hyphens in `E‑commerce` and `Re‑engagement` are U+2011, as in the
 * real ones.
 */
export const SOURCES = ['Website', 'Google Ads', 'LinkedIn', 'Outbound', 'Event', 'Referral', 'Partner'] as const;
export const INDUSTRIES = [
  'SaaS',
  'FinTech',
  'HealthTech',
  'E\u2011commerce',
  'EdTech',
  'Manufacturing',
  'Media',
  'Retail',
] as const;
export const PERSONAS = ['CMO', 'Marketing Manager', 'Founder', 'Sales Lead', 'Procurement', 'Engineer'] as const;
export const OBJECTIVES = ['Lead Gen', 'Awareness', 'Nurture', 'Retention', 'Upsell', 'Re\u2011engagement'] as const;
export const TONES = ['Insightful', 'Urgent', 'Friendly', 'Professional', 'Playful'] as const;
export const SUBJECT_LINES = [
  'Unlock growth with Purple Merit',
  'Let\u2019s boost pipeline this quarter',
  'Quick win: optimize your funnel',
  'We saved teams 27% on CPL',
  'Your free audit is ready',
] as const;
export const CALLS_TO_ACTION = ['Book Demo', 'Download Guide', 'Get Audit', 'Learn More', 'Start Trial'] as const;
export const CONVERSATION_STATUSES = ['active', 'idle', 'closed'] as const;
export const ESCALATION_REASONS = ['none', ...REASONS] as const;
export const INTERESTS = ['pricing', 'roi', 'security', 'integration', 'case_studies', 'roadmap'] as const;
export const CONTACT_TIMES = ['09:00-11:00', '13:00-15:00', '16:00-18:00'] as const;

export type Source = (typeof SOURCES)[number];
export type Industry = (typeof INDUSTRIES)[number];
export type Persona = (typeof PERSONAS)[number];
export type Tone = (typeof TONES)[number];
