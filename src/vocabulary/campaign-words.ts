export const CAMPAIGN_STATUSES = ['active', 'paused', 'ended'] as const;
export const KPIS = ['CPL', 'CTR', 'ROAS', 'Revenue', 'MQL Volume'] as const;
