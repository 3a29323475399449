import { createRequire } from 'node:module';
import { DateTime, IANAZone } from 'luxon';
import { COUNTRIES_OF_REGION } from './countries.js';
import { type Region, ZONE_OF_REGION } from '../vocabulary/index.js';

/** What a lead's row says of where the lead lives. */
export interface Whereabouts {
  /** IANA zone. */
  readonly time_zone: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  readonly region: string | null;
  /** The country of its telephone number. */
  readonly phoneCountry: string | null;
}

export interface LeadZones {
  /** Every zone in which the lead may live; of several that keep the same time only one. Never empty. */
  readonly zones: readonly string[];
  /** Where most people of these zones live: by whose clock its days are planned. */
  readonly home: string;
  readonly knownBy: 'time_zone' | 'country' | 'phone' | 'region' | 'nothing';
}

/** Where nothing says where a lead lives. */
export const UNKNOWN_ZONE = 'UTC';

/** Where most people of a country of several zones live; the first of its zones elsewhere. */
const HOME_OF_COUNTRY: Readonly<Record<string, string>> = {
  US: 'America/New_York',
  CA: 'America/Toronto',
  AU: 'Australia/Sydney',
  BR: 'America/Sao_Paulo',
  RU: 'Europe/Moscow',
  MX: 'America/Mexico_City',
  ID: 'Asia/Jakarta',
  PT: 'Europe/Lisbon',
  ES: 'Europe/Madrid',
  DE: 'Europe/Berlin',
  CL: 'America/Santiago',
  EC: 'America/Guayaquil',
  NZ: 'Pacific/Auckland',
  CD: 'Africa/Kinshasa',
  MN: 'Asia/Ulaanbaatar',
  AR: 'America/Argentina/Buenos_Aires',
  KZ: 'Asia/Almaty',
  UA: 'Europe/Kyiv',
  CN: 'Asia/Shanghai',
  PG: 'Pacific/Port_Moresby',
  XK: 'Europe/Belgrade',
};
/** Zones that the table of countries counts in though nobody of the country lives by them. */
const FOREIGN: Readonly<Record<string, readonly string[]>> = { AU: ['Asia/Tokyo'], UA: ['Europe/Simferopol'] };

/**
 * The zones in which a lead may live: its own, else those of its country; else of its telephone number, unless that
 * belongs to another region than the lead is said to be from; else of the region's countries. Mobiles travel within
 * their country, so a number stands for all of its zones.
 */
export function zonesOfLead({ time_zone, country, region, phoneCountry }: Whereabouts): LeadZones {
  if (time_zone !== null && IANAZone.isValidZone(time_zone))
    return { zones: [time_zone], home: time_zone, knownBy: 'time_zone' };
  const ofCountry = country === null ? undefined : zonesOfCountry(country);
  if (ofCountry) return { ...ofCountry, knownBy: 'country' };
  const known = isRegion(region) ? region : null;
  const agrees = phoneCountry !== null && (known === null || COUNTRIES_OF_REGION[known].includes(phoneCountry));
  const ofPhone = agrees ? zonesOfCountry(phoneCountry) : undefined;
  if (ofPhone) return { ...ofPhone, knownBy: 'phone' };
  if (known !== null) return { ...zonesOfRegion(known), knownBy: 'region' };
  return { zones: [UNKNOWN_ZONE], home: UNKNOWN_ZONE, knownBy: 'nothing' };
}

/**
 * Reads an IANA zone in any case, and old names as the present ones.
 * @returns undefined for what is none; abbreviations such as EST are none, as several places use them
 */
export function parseTimeZone(text: string): string | undefined {
  const plain = text.trim();
  if (plain.toUpperCase() === 'UTC') return 'UTC';
  if (!/^[A-Za-z_]+\/[A-Za-z_/+-]+$/.test(plain) || !IANAZone.isValidZone(plain)) return undefined;
  return new Intl.DateTimeFormat('en', { timeZone: plain }).resolvedOptions().timeZone;
}

type Zones = Pick<LeadZones, 'zones' | 'home'>;
const ofCountries = new Map<string, Zones | undefined>();
const ofRegions = new Map<Region, Zones>();

interface ZoneTable {
  getTimezonesForCountry(code: string): readonly { readonly name: string }[] | null;
}
let table: ZoneTable | undefined;

function zonesOfCountry(code: string): Zones | undefined {
  if (!ofCountries.has(code)) {
    const names = namesOfCountry(code);
    const home = HOME_OF_COUNTRY[code] ?? names[0];
    ofCountries.set(code, home === undefined ? undefined : { zones: distinct([home, ...names]), home });
  }
  return ofCountries.get(code);
}

function zonesOfRegion(region: Region): Zones {
  let found = ofRegions.get(region);
  if (!found) {
    const home = ZONE_OF_REGION[region]!;
    found = { zones: distinct([home, ...COUNTRIES_OF_REGION[region].flatMap(namesOfCountry)]), home };
    ofRegions.set(region, found);
  }
  return found;
}

function namesOfCountry(code: string): string[] {
  table ??= createRequire(import.meta.url)('countries-and-timezones') as ZoneTable;
  const names = (table.getTimezonesForCountry(code) ?? []).map(({ name }) => name);
  return names.filter((name) => IANAZone.isValidZone(name) && !FOREIGN[code]?.includes(name));
}

/** Two zones keep the same time when they do at the beginning and in the middle of each month of two years. */
function distinct(zones: readonly string[]): string[] {
  const byClock = new Map<string, string>();
  for (const zone of zones) {
    const clock = SAMPLES.map((at) => DateTime.fromMillis(at, { zone }).offset).join(',');
    if (!byClock.has(clock)) byClock.set(clock, zone);
  }
  return [...byClock.values()];
}

const SAMPLES = Array.from({ length: 48 }, (_, half) => Date.UTC(2026, Math.floor(half / 2), half % 2 ? 16 : 1));

const isRegion = (text: string | null): text is Region => text !== null && Object.hasOwn(COUNTRIES_OF_REGION, text);
