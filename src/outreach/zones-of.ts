import { countryOfPhone } from '../addresses/index.js';
import type { Lead } from '../crm/index.js';
import { type LeadZones, zonesOfLead } from '../zones/index.js';

/** In which zones a lead may live, by all that its row says. */
export function zonesOf({
  time_zone,
  country,
  region,
  phone,
}: Pick<Lead, 'time_zone' | 'country' | 'region' | 'phone'>): LeadZones {
  const isKnown = time_zone || country;
  const phoneCountry = isKnown || !phone ? null : countryOfPhone(phone);
  return zonesOfLead({ time_zone, country, region, phoneCountry });
}
