import { h } from '../lib/dom.js';
import { NOTHING, choicesOf, formatMoment, humanise } from '../lib/format.js';
import { link } from '../lib/router.js';
import { vocabulary } from '../lib/vocabulary.js';
import { badge, pageHead, when } from '../parts/pieces.js';
import { listView } from '../parts/table.js';

export async function messagesView({ signal }) {
  const { channels, message_statuses } = await vocabulary();
  return [
    pageHead('Messages', 'What is planned, what the gate holds and why, and what went out.'),
    listView({
      path: '/api/v1/messages',
      caption: 'Messages',
      changes: ['message'],
      signal,
      filters: [
        { name: 'status', label: 'State', options: choicesOf(message_statuses) },
        { name: 'channel', label: 'Channel', options: channels },
        { name: 'lead_id', label: 'Lead id', kind: 'search' },
      ],
      columns: [
        { title: 'Message', isKey: true, cell: words },
        { title: 'Lead', cell: ({ lead_id }) => h('a', { class: 'id', href: link('leads', lead_id) }, lead_id) },
        { title: 'Channel', cell: ({ channel }) => channel },
        { title: 'State', cell: ({ status }) => badge(status) },
        { title: 'The gate says', cell: gate },
        { title: 'Planned for', cell: ({ planned_for }) => formatMoment(planned_for) },
        {
          title: 'Sent',
          cell: ({ sent_at, transport }) =>
            sent_at
              ? [when(sent_at), transport && ` (${transport})`].filter(Boolean).map((part) => h('span', null, part))
              : NOTHING,
        },
      ],
      emptyTitle: 'No messages',
      emptyHint: 'Engaging a qualified lead plans its first one.',
    }),
  ];
}

function words({ subject, body }) {
  return h(
    'details',
    { class: 'wide-cell' },
    h('summary', null, subject ?? `${body.slice(0, 60)}${body.length > 60 ? '…' : ''}`),
    h('pre', null, body),
  );
}

function gate({ verdict, earliest, failure_reason }) {
  if (failure_reason) return failure_reason;
  if (!verdict) return h('span', { class: 'muted' }, 'Judged when it is due');
  if (verdict.allowed) return 'Allowed';
  return h(
    'div',
    null,
    h('div', null, h('strong', null, humanise(verdict.rule)), verdict.reason && `: ${verdict.reason}`),
    h('div', { class: 'muted small' }, earliest ? `Not before ${formatMoment(earliest)}` : 'Until something changes'),
  );
}
