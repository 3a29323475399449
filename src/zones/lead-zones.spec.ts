import { parseCountry, parseRegion } from './countries.js';
import { type Whereabouts, parseTimeZone, zonesOfLead } from './lead-zones.js';
import { endOfQuietInAll } from './quiet-hours.js';

const NIGHT = { start: '20:00', end: '08:00', weekends: false };
const someone = (changes: Partial<Whereabouts> = {}) =>
  zonesOfLead({ time_zone: null, country: null, region: null, phoneCountry: null, ...changes });
const allowedFrom = (at: string, changes: Partial<Whereabouts>): string | undefined =>
  endOfQuietInAll(new Date(at), someone(changes).zones, NIGHT)?.toISOString();

describe('zonesOfLead', () => {
  it.each<[string, Partial<Whereabouts>, string, string]>([
    ['its own zone first', { time_zone: 'Asia/Tokyo', region: 'EU', phoneCountry: 'US' }, 'time_zone', 'Asia/Tokyo'],
    ['its country before its telephone', { country: 'JP', phoneCountry: 'US' }, 'country', 'Asia/Tokyo'],
    ['its telephone where nothing else is said', { phoneCountry: 'JP' }, 'phone', 'Asia/Tokyo'],
    ['a telephone of the region', { region: 'APAC', phoneCountry: 'AU' }, 'phone', 'Australia/Sydney'],
    ['the region before a telephone from elsewhere', { region: 'EU', phoneCountry: 'US' }, 'region', 'Europe/Berlin'],
    ['no zone where nothing is known', {}, 'nothing', 'UTC'],
    ['no zone for a region that there is not', { region: 'Mars' }, 'nothing', 'UTC'],
  ])('takes %s', (_, changes, knownBy, home) => {
    expect(someone(changes)).toMatchObject({ knownBy, home });
  });

  it('counts every zone of a country or region in, each time once', () => {
    expect(someone({ region: 'US' }).zones).toEqual(
      expect.arrayContaining(['America/New_York', 'America/Los_Angeles', 'Pacific/Honolulu']),
    );
    expect(someone({ region: 'EU' }).zones.length).toBeLessThan(8);
    expect(someone({ region: 'India' }).zones).toEqual(['Asia/Kolkata']);
  });
});

describe('quiet in any of several zones is quiet', () => {
  it.each<[string, Partial<Whereabouts>, string, string]>([
    ['05:30 in Los Angeles', { region: 'US' }, '2026-01-14T13:30:00.000Z', '2026-01-14T18:00:00.000Z'],
    ['21:00 in New York', { region: 'US' }, '2026-01-15T02:00:00.000Z', '2026-01-15T18:00:00.000Z'],
    ['00:30 in Tokyo', { phoneCountry: 'JP' }, '2026-01-14T15:30:00.000Z', '2026-01-14T23:00:00.000Z'],
    ['noon in Berlin', { region: 'EU' }, '2026-01-14T11:00:00.000Z', '2026-01-14T11:00:00.000Z'],
    ['19:30 in Athens', { region: 'EU' }, '2026-01-14T17:30:00.000Z', '2026-01-14T17:30:00.000Z'],
  ])('%s', (_, changes, at, from) => {
    expect(allowedFrom(at, changes)).toBe(from);
  });

  it.each(['US', 'EU', 'LATAM', 'MEA', 'APAC', 'India'])('leaves every day some hours for %s', (region) => {
    for (const day of ['2026-01-14', '2026-03-20', '2026-07-01', '2026-10-28'])
      expect(Date.parse(allowedFrom(`${day}T00:00:00.000Z`, { region })!)).toBeLessThan(
        Date.parse(`${day}T00:00:00.000Z`) + 86_400_000,
      );
  });

  it('says so where somebody is always asleep', () => {
    const zones = ['Pacific/Auckland', 'Asia/Kolkata', 'America/New_York'];
    expect(endOfQuietInAll(new Date('2026-01-14T00:00:00Z'), zones, NIGHT)).toBeNull();
  });
});

it.each([
  ['DE', 'DE'],
  ['deu', 'DE'],
  ['Germany', 'DE'],
  ['Deutschland', 'DE'],
  ['Estados Unidos', 'US'],
  ['England', 'GB'],
  ['日本', 'JP'],
  ['Mars', undefined],
  ['ZZ', undefined],
])('reads the country %j as %j', (text, code) => {
  expect(parseCountry(text)).toBe(code);
});

it.each([
  ['us', 'US'],
  ['eu', 'EU'],
  ['INDIA', 'India'],
  [' Latin America ', 'LATAM'],
  ['Mars', undefined],
])('reads the region %j as %j', (text, region) => {
  expect(parseRegion(text)).toBe(region);
});

it.each([
  ['europe/berlin', 'Europe/Berlin'],
  ['utc', 'UTC'],
  ['EST', undefined],
  ['+02:00', undefined],
  ['Mars/Base', undefined],
])('reads the zone %j as %j', (text, zone) => {
  expect(parseTimeZone(text)).toBe(zone);
});
