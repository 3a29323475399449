const LOCALE = 'en';
const number = new Intl.NumberFormat(LOCALE);
const compact = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 1 });
const decimals = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 2 });
const ratio = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const usd = new Intl.NumberFormat(LOCALE, { style: 'currency', currency: 'USD' });
const usdWhole = new Intl.NumberFormat(LOCALE, { style: 'currency', currency: 'USD', maximumFractionDigits: 0 });
const usdCompact = new Intl.NumberFormat(LOCALE, {
  style: 'currency',
  currency: 'USD',
  notation: 'compact',
  maximumFractionDigits: 1,
});
const percent = new Intl.NumberFormat(LOCALE, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
const moment = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'short' });
const dayOnly = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeZone: 'UTC' });
const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto' });

export const NOTHING = '–';
const isMissing = (value) => value === null || value === undefined || Number.isNaN(value);
const or = (format) => (value) => (isMissing(value) ? NOTHING : format(value));

export const formatNumber = or((value) => number.format(value));
export const formatCompact = or((value) => compact.format(value));
export const formatDecimal = or((value) => decimals.format(value));
export const formatRatio = or((value) => ratio.format(value));
export const formatUsd = or((value) => (Math.abs(value) >= 1_000 ? usdWhole : usd).format(value));
export const formatUsdCompact = or((value) => usdCompact.format(value));
export const formatShare = or((value) => percent.format(value));
export const formatMoment = or((value) => moment.format(new Date(value)));
export const formatDay = or((value) => dayOnly.format(new Date(value)));

const STEPS = [
  [60, 'second'],
  [60, 'minute'],
  [24, 'hour'],
  [7, 'day'],
];

/** "3 hours ago", "in 2 days"; beyond a week the date. */
export function formatWhen(instant, now = Date.now()) {
  if (isMissing(instant)) return NOTHING;
  let distance = (Date.parse(instant) - now) / 1000;
  for (const [size, unit] of STEPS) {
    if (Math.abs(distance) < size) return relative.format(Math.round(distance), unit);
    distance /= size;
  }
  return formatMoment(instant);
}

/** How long, from seconds. */
export function formatDuration(seconds) {
  if (isMissing(seconds)) return NOTHING;
  if (seconds < 1) return seconds === 0 ? '0 s' : `${Math.round(seconds * 1000)} ms`;
  if (seconds < 120) return `${decimals.format(Math.round(seconds * 10) / 10)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

/** A field's or value's name as people write it: `low_ctr` is "Low ctr", `lead.triage` is "Lead triage". */
export function humanise(name) {
  const words = String(name)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[_.]+/g, ' ')
    .replace(/:(?=\S)/g, ': ')
    .trim();
  const known = words.replace(/\b(usd|roas|cpl|ctr|id|rfm|gdpr|sms|kpi|api|roi|url)\b/gi, (word) => word.toUpperCase());
  return known.charAt(0).toUpperCase() + known.slice(1);
}

/** The server's words to choose from, each as people write it. */
export const choicesOf = (words) => words.map((word) => [word, humanise(word)]);

const MOST_IN_LINE = 12;
const LONGEST_IN_LINE = 40;

/** A few words in a line; undefined of sentences, and of many, which want lines of their own. */
export function inLine(texts) {
  const isShort = texts.length <= MOST_IN_LINE && texts.every((text) => text.length <= LONGEST_IN_LINE);
  return isShort ? texts.join(', ') : undefined;
}

/** A person by id, as somebody reads it who may be that person. */
export const personOf = (id, me) => (id && id === me?.id ? 'you' : id);

/** A plain value by what its field's name says of it. */
export function formatField(name, value) {
  if (isMissing(value)) return NOTHING;
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'number') {
    if (/_usd$/.test(name)) return formatUsd(value);
    if (/(^|_)(rate|share|ctr|confidence|probability)$/.test(name)) return formatShare(value);
    return formatDecimal(value);
  }
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(value)) return formatMoment(value);
  return /^[a-z]+(_[a-z]+)+$/.test(value) ? humanise(value) : String(value);
}
