/** The data set's regions, each with the zone of its largest business centre: where most of its people live. */
const ZONE = {
  LATAM: 'America/Sao_Paulo',
  MEA: 'Asia/Dubai',
  US: 'America/New_York',
  India: 'Asia/Kolkata',
  EU: 'Europe/Berlin',
  APAC: 'Asia/Singapore',
} as const;

export type Region = keyof typeof ZONE;
export const REGIONS = Object.keys(ZONE) as readonly Region[];
export const ZONE_OF_REGION: Readonly<Record<string, string>> = ZONE;

/** The zone in which a lead of a region is taken to live, until the lead's own is known; UTC for any other text. */
export function zoneOfRegion(region: string | null): string {
  return region !== null && Object.hasOwn(ZONE_OF_REGION, region) ? ZONE_OF_REGION[region]! : 'UTC';
}
