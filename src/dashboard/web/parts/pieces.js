import { h } from '../lib/dom.js';
import {
  NOTHING,
  formatField,
  formatMoment,
  formatNumber,
  formatShare,
  formatWhen,
  humanise,
  inLine,
} from '../lib/format.js';

const TONES = {
  good: [
    'Qualified',
    'Converted',
    'Campaign Qualified',
    'sent',
    'completed',
    'executed',
    'active',
    'positive',
    'done',
    'low',
  ],
  warm: [
    'held',
    'pending',
    'open',
    'paused',
    'uncertain',
    'high',
    'callback_requested',
    'proposed',
    'requested',
    'claimed',
  ],
  bad: [
    'failed',
    'dead',
    'rejected',
    'expired',
    'lapsed',
    'urgent',
    'negative',
    'unsubscribe',
    'undone',
    'bounce',
    'complaint',
  ],
  plain: ['Unqualified', 'Cold Lead', 'ended', 'cancelled', 'resolved', 'none', 'over'],
};
const toneOf = (value) => Object.keys(TONES).find((tone) => TONES[tone].includes(value)) ?? 'cool';

/** A state as a small label; the word carries the meaning, the colour only repeats it. */
export function badge(value, tone = toneOf(value)) {
  return value === null || value === undefined ? NOTHING : h('span', { class: `badge badge-${tone}` }, humanise(value));
}

/** A moment, relative, with the exact time on it. */
export function when(instant) {
  return instant ? h('time', { datetime: instant, title: formatMoment(instant) }, formatWhen(instant)) : NOTHING;
}

export function card(title, ...children) {
  return h('section', { class: 'card' }, title && h('h2', null, title), children);
}

export function pageHead(title, intro, ...actions) {
  return h(
    'header',
    { class: 'page-head' },
    h('div', null, h('h1', { tabindex: '-1' }, title), intro && h('p', { class: 'muted' }, intro)),
    actions.flat().some(Boolean) && h('div', { class: 'actions' }, actions),
  );
}

/** Sentences one below the other. @param items texts or nodes, or several of them for one item */
export function reasonList(items) {
  return h(
    'ul',
    { class: 'reasons' },
    items.map((item) => h('li', null, item)),
  );
}

/** Named values side by side. @param pairs [[name, value or node]] */
export function factList(pairs) {
  return h(
    'dl',
    { class: 'facts' },
    pairs.map(([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value ?? NOTHING))),
  );
}

/** Named amounts as bars, each with its share of the whole. @param counts { name: amount } or [[name, amount]] */
export function barList(counts, { format = formatNumber, href, order } = {}) {
  const entries = Array.isArray(counts) ? counts : Object.entries(counts ?? {});
  // what the order does not know comes last
  const sorted = order
    ? [...order.map((name) => [name, (counts ?? {})[name] ?? 0]), ...entries.filter(([name]) => !order.includes(name))]
    : [...entries].sort((a, b) => b[1] - a[1]);
  const largest = Math.max(1, ...sorted.map(([, amount]) => amount));
  const whole = sorted.reduce((sum, [, amount]) => sum + amount, 0);
  if (sorted.length === 0) return h('p', { class: 'muted' }, 'Nothing yet.');
  return h(
    'ul',
    { class: 'bars' },
    sorted.map(([name, amount]) => {
      const label = humanise(name);
      return h(
        'li',
        null,
        h('span', { class: 'bar-label' }, href ? h('a', { href: href(name) }, label) : label),
        h(
          'span',
          { class: 'bar-amount' },
          format(amount),
          whole > 0 && h('span', { class: 'muted' }, ` ${formatShare(amount / whole)}`),
        ),
        h(
          'span',
          { class: 'bar-track', 'aria-hidden': 'true' },
          h('span', { class: 'bar', style: { '--share': amount / largest } }),
        ),
      );
    }),
  );
}

const MAX_LIST = 12;
const MAX_DEPTH = 3;

/** Any JSON as named values, nested a little; what is deeper or longer folds. */
export function jsonFacts(value, depth = 0, name = '') {
  if (value === null || value === undefined || typeof value !== 'object') return formatField(name, value);
  const entries = Object.entries(value);
  if (entries.length === 0) return NOTHING;
  if (depth >= MAX_DEPTH) return h('code', { class: 'inline-json' }, JSON.stringify(value));
  if (Array.isArray(value)) {
    const isPlain = value.every((each) => typeof each !== 'object' || each === null);
    const line = isPlain && inLine(value.map((each) => formatField(name, each)));
    if (line) return line;
    const list = h(
      'ol',
      { class: 'json-list' },
      value.map((each) => h('li', null, jsonFacts(each, depth + 1, name))),
    );
    return value.length > MAX_LIST ? h('details', null, h('summary', null, `${value.length} entries`), list) : list;
  }
  return h(
    'dl',
    { class: depth === 0 ? 'facts' : 'facts facts-nested' },
    entries.map(([key, each]) =>
      h('div', null, h('dt', null, humanise(key)), h('dd', null, jsonFacts(each, depth + 1, key))),
    ),
  );
}

/** The whole as it came over the wire, folded. */
export function rawJson(title, value) {
  return h(
    'details',
    { class: 'raw' },
    h('summary', null, title),
    h('pre', { tabindex: '0' }, JSON.stringify(value, null, 2)),
  );
}
