import { createRequire } from 'node:module';
import type { Region } from '../vocabulary/index.js';

/** Names by which people call what ISO calls otherwise. */
const ALIASES: Readonly<Record<string, string>> = {
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  'northern ireland': 'GB',
  'great britain': 'GB',
  uk: 'GB',
  korea: 'KR',
  'south korea': 'KR',
  eeuu: 'US',
  'ee.uu.': 'US',
  usa: 'US',
  'u.s.': 'US',
  'u.s.a.': 'US',
  america: 'US',
  russia: 'RU',
  holland: 'NL',
  uae: 'AE',
  czechia: 'CZ',
  turkey: 'TR',
  kosovo: 'XK',
};
const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'sv', 'da', 'ja', 'zh', 'ru', 'ar', 'hi'];

/** Other names of the data set's regions. */
const REGION_ALIASES: Readonly<Record<string, Region>> = {
  europe: 'EU',
  'european union': 'EU',
  emea: 'EU',
  'united states': 'US',
  usa: 'US',
  'united states of america': 'US',
  'latin america': 'LATAM',
  'middle east and africa': 'MEA',
  'middle east & africa': 'MEA',
  'asia pacific': 'APAC',
  'asia-pacific': 'APAC',
};

/** ISO 3166-1 alpha-2 codes of each region's countries; where a country is in none, its region says nothing. */
export const COUNTRIES_OF_REGION: Readonly<Record<Region, readonly string[]>> = {
  US: ['US'],
  India: ['IN'],
  EU: (
    'AD AL AT BA BE BG CH CY CZ DE DK EE ES FI FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK MT NL NO ' +
    'PL PT RO RS SE SI SK SM UA VA XK'
  ).split(' '),
  LATAM: 'AR BO BR BZ CL CO CR CU DO EC GT GY HN HT JM MX NI PA PE PR PY SR SV TT UY VE BB BS LC GD AG DM KN VC'.split(
    ' ',
  ),
  MEA: (
    'AE BH DZ EG IL IQ IR JO KW LB LY MA OM PS QA SA SY TN TR YE AO BF BI BJ BW CD CF CG CI CM CV DJ ER ET GA GH GM ' +
    'GN GQ GW KE KM LR LS MG ML MR MU MW MZ NA NE NG RW SC SD SL SN SO SS ST SZ TD TG TZ UG ZA ZM ZW'
  ).split(' '),
  APAC: 'AU BD BN BT CN FJ HK ID JP KH KR LA LK MM MN MO MV MY NP NZ PG PH PK SB SG TH TL TW VN VU'.split(' '),
};

interface CountryNames {
  isValid(code: string): boolean;
  getAlpha2Code(name: string, language: string): string | undefined;
  alpha3ToAlpha2(code: string): string | undefined;
}
let names: CountryNames | undefined;

/**
 * Reads a country as people write it: an ISO code of two or three letters, or its name in one of the larger languages.
 * @returns its ISO 3166-1 alpha-2 code, or undefined for what names none
 */
export function parseCountry(text: string): string | undefined {
  const plain = text.trim();
  const alias = ALIASES[plain.toLowerCase()];
  if (alias) return alias;
  // read with the first country that is written out: its tables of names are large
  names ??= createRequire(import.meta.url)('i18n-iso-countries') as CountryNames;
  const code = plain.toUpperCase();
  if (/^[A-Z]{2}$/.test(code) && names.isValid(code)) return code;
  if (/^[A-Z]{3}$/.test(code)) return names.alpha3ToAlpha2(code);
  return LANGUAGES.map((language) => names!.getAlpha2Code(plain, language)).find((found) => found !== undefined);
}

/** Reads one of the data set's regions in any case, or by its usual name. */
export function parseRegion(text: string): Region | undefined {
  const plain = text.trim().toLowerCase();
  return (
    REGION_ALIASES[plain] ??
    (Object.keys(COUNTRIES_OF_REGION) as Region[]).find((region) => region.toLowerCase() === plain)
  );
}
