import { CHANNELS } from '../crm/index.js';

export type Channel = (typeof CHANNELS)[number];

/** A suppression holds on one channel of an address, or on all of them. */
export const SUPPRESSION_CHANNELS = [...CHANNELS, 'All'] as const;
export type SuppressionChannel = (typeof SUPPRESSION_CHANNELS)[number];
