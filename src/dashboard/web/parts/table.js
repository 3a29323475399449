import { get } from '../lib/api.js';
import { fill, h } from '../lib/dom.js';
import { watchEvents } from '../lib/live.js';
import { currentAddress, replaceQuery } from '../lib/router.js';
import { control } from './ask.js';
import { empty, failure, renew, show } from './states.js';

/** The server gives no more at once. */
const MOST_ROWS = 500;

/**
 * @param columns [{ title, cell: (row) => node or text, isNumber, isKey }]; the key column is the row's header
 * @param caption what the table holds, for those who do not see it
 */
export function table(caption, columns, rows) {
  const body = h(
    'tbody',
    null,
    rows.map((row) => tableRow(columns, row)),
  );
  return h(
    'div',
    { class: 'table-scroll', role: 'region', 'aria-label': caption, tabindex: '0' },
    h(
      'table',
      null,
      h('caption', { class: 'visually-hidden' }, caption),
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          columns.map(({ title, isNumber }) => h('th', { scope: 'col', class: isNumber && 'number' }, title)),
        ),
      ),
      body,
    ),
  );
}

function tableRow(columns, row) {
  return h(
    'tr',
    null,
    columns.map(({ title, cell, isNumber, isKey }) =>
      h(isKey ? 'th' : 'td', { scope: isKey && 'row', class: isNumber && 'number', 'data-title': title }, cell(row)),
    ),
  );
}

/**
 * A list with filters, page by page. The filters stand in the address, so that a reload or a link keeps them.
 * @param filters [{ name, label, options: [value or [value, text]] } or { name, label, kind: 'search' }]
 * @param onRows called with the rows of each page after they are shown
 * @param changes the events after which the rows are read anew, as `watchEvents` takes them
 */
export function listView({
  path,
  caption,
  filters = [],
  fixed = {},
  columns,
  emptyTitle,
  emptyHint,
  pageSize = 25,
  signal,
  onRows,
  changes,
}) {
  const { query } = currentAddress();
  const wanted = Object.fromEntries(filters.map(({ name }) => [name, query[name] ?? '']));
  const results = h('div', { class: 'results', 'aria-live': 'polite' });
  const rowsOf = async (limit) => {
    const page = await get(path, { ...fixed, ...wanted, limit }, signal);
    if (page.items.length === 0)
      return empty(emptyTitle, Object.values(wanted).some(Boolean) ? 'No row passes these filters.' : emptyHint);
    const list = table(caption, columns, page.items);
    onRows?.(page.items);
    return [list, more(list, page.next_cursor)];
  };
  const load = () => show(results, () => rowsOf(pageSize), signal);
  // as many rows as there are now, which may be several pages
  const reload = () =>
    renew(
      results,
      () => rowsOf(Math.min(MOST_ROWS, Math.max(pageSize, results.querySelectorAll('tbody tr').length))),
      signal,
    );

  const more = (list, cursor) => {
    const foot = h('div', { class: 'list-foot' });
    const offer = (next) =>
      fill(
        foot,
        next
          ? h('button', { class: 'button', type: 'button', onclick: () => append(next) }, 'Show more')
          : h('p', { class: 'muted small' }, 'That is all.'),
      );
    const append = async (next) => {
      foot.firstChild.disabled = true;
      try {
        const page = await get(path, { ...fixed, ...wanted, limit: pageSize, cursor: next }, signal);
        list.querySelector('tbody').append(...page.items.map((row) => tableRow(columns, row)));
        onRows?.(page.items);
        offer(page.next_cursor);
      } catch (error) {
        if (!signal.aborted)
          fill(
            foot,
            failure(error, () => append(next)),
          );
      }
    };
    offer(cursor);
    return foot;
  };

  const change = (name) => (event) => {
    wanted[name] = event.target.value.trim();
    replaceQuery({ ...currentAddress().query, ...wanted });
    void load();
  };
  const form =
    filters.length > 0 &&
    h(
      'form',
      { class: 'filters', role: 'search', onsubmit: (event) => event.preventDefault() },
      filters.map(
        ({ name, label, options, kind }) =>
          control({
            name,
            label,
            kind: options ? 'choice' : kind,
            value: wanted[name],
            onchange: change(name),
            ...(options && { options: [['', 'All'], ...options] }),
          }).row,
      ),
    );
  void load();
  if (changes) watchEvents(changes, reload, signal);
  return h('div', { class: 'list' }, form, results);
}
