import { can, get, post } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { NOTHING, formatDuration, formatMoment, formatNumber, humanise } from '../lib/format.js';
import { actionButton } from '../parts/notices.js';
import { badge, card, factList, pageHead, rawJson, when } from '../parts/pieces.js';
import { empty, show } from '../parts/states.js';
import { listView, table } from '../parts/table.js';

export function queueView({ signal }) {
  const state = h('div', { class: 'stack' });
  const update = () => show(state, async () => content(await get('/api/v1/queue', {}, signal)), signal);
  void update();
  return [
    pageHead(
      'Queue',
      'Work that was promised in the database and is being carried out.',
      h('button', { class: 'button', type: 'button', onclick: update }, 'Refresh'),
    ),
    h(
      'div',
      { class: 'stack' },
      state,
      card(
        'Dead letters',
        listView({
          path: '/api/v1/dead-letters',
          caption: 'Dead letters',
          signal,
          columns: [
            {
              title: 'Work',
              isKey: true,
              cell: ({ topic, idempotency_key }) =>
                h('div', null, humanise(topic), h('div', { class: 'id muted' }, idempotency_key)),
            },
            {
              title: 'What went wrong',
              cell: ({ last_error, payload }) =>
                h('div', { class: 'wide-cell' }, last_error ?? NOTHING, rawJson('What it was given', payload)),
            },
            { title: 'Tries', isNumber: true, cell: ({ attempts }) => formatNumber(attempts) },
            { title: 'Given up', cell: ({ died_at }) => when(died_at) },
            { title: 'Again', cell: retry(update) },
          ],
          emptyTitle: 'No dead letters',
          emptyHint: 'Work that fails for good is put here, for a person to look at and send again.',
        }),
      ),
    ),
  ];
}

function content(queue) {
  return [
    card(
      'State',
      factList([
        ['Store', humanise(queue.store)],
        ['Answers', badge(queue.is_open ? 'open here' : 'not open here', queue.is_open ? 'good' : 'plain')],
        ['Waiting', formatNumber(queue.open)],
        ['Being worked on', formatNumber(queue.enqueued)],
        ['Done', formatNumber(queue.done)],
        ['Dead', formatNumber(queue.dead)],
        ['Behind by', formatDuration(queue.lag_seconds)],
        ['Oldest due', queue.oldest_due_at ? formatMoment(queue.oldest_due_at) : NOTHING],
      ]),
    ),
    card(
      'Topics',
      queue.topics.length === 0
        ? empty('No work yet')
        : table(
            'Work by topic',
            [
              { title: 'Topic', isKey: true, cell: ({ topic }) => humanise(topic) },
              { title: 'Waiting', isNumber: true, cell: ({ open }) => formatNumber(open) },
              { title: 'Enqueued', isNumber: true, cell: ({ enqueued }) => formatNumber(enqueued) },
              { title: 'Done', isNumber: true, cell: ({ done }) => formatNumber(done) },
              {
                title: 'Dead',
                isNumber: true,
                cell: ({ dead }) => (dead > 0 ? badge(formatNumber(dead), 'bad') : formatNumber(dead)),
              },
              { title: 'Handled here', cell: ({ has_handler }) => (has_handler ? 'Yes' : 'No') },
            ],
            queue.topics,
          ),
    ),
  ];
}

const retry =
  (update) =>
  ({ outbox_id, topic }) => {
    if (!can('system:write')) return NOTHING;
    const button = actionButton('Retry', async () => {
      await post(`/api/v1/dead-letters/${encodeURIComponent(outbox_id)}/retry`);
      button.closest('tr').remove();
      void update();
      return `${humanise(topic)} is sent again`;
    });
    return button;
  };
