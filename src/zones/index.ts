export { parseCountry, parseRegion } from './countries.js';
export { type LeadZones, type Whereabouts, parseTimeZone, zonesOfLead } from './lead-zones.js';
export { offsetAt } from './zone-offset.js';
export { endOfQuiet, endOfQuietInAll, isQuiet } from './quiet-hours.js';
