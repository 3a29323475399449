/** In the order in which they are asked: what time cannot heal first. */
export const HOLD_RULES = [
  'expired',
  'no_recipient',
  'open_case',
  'lead_state',
  'campaign',
  'suppression',
  'consent',
  'setup',
  'not_due',
  'paused',
  'channel_health',
  'frequency_cap',
  'better_message',
  'quiet_hours',
  'not_connected',
] as const;
export type HoldRule = (typeof HOLD_RULES)[number];
