import { can, currentUser, get, post } from '../lib/api.js';
import { fill, h } from '../lib/dom.js';
import { formatUsd, humanise, personOf } from '../lib/format.js';
import { watchEvents } from '../lib/live.js';
import { goTo, link, replaceQuery } from '../lib/router.js';
import { ask, control } from '../parts/ask.js';
import { actionButton, notify } from '../parts/notices.js';
import { badge, pageHead, reasonList, when } from '../parts/pieces.js';
import { empty, renew, show } from '../parts/states.js';
import { approvalCard } from './inbox-approval.js';
import { caseCard } from './inbox-case.js';

const PAGE = 50;
const EMPTY_HASH = '#/inbox';

/** What the list shows, and what the server is asked for it. */
const SHOWN = {
  '': ['Everything', {}],
  mine: ['Mine', { mine: true }],
  cases: ['Cases', { item_type: 'escalation' }],
  approvals: ['Approvals', { item_type: 'approval' }],
  snoozed: ['Put off', { snoozed: true }],
};

/** Answers that many cases can be given at once: they need no more words. */
const BULK_ANSWERS = [
  ['answered', 'Answered', 'You have seen to each of them yourself.'],
  ['approve', 'Approve', 'Each lead goes on as proposed, once no other case holds it.'],
  ['reject', 'Reject', 'Each lead is closed: what is planned for it is cancelled, and nothing more is sent.'],
];

const REASON_TONES = {
  legal: 'bad',
  complaint: 'bad',
  hot_lead: 'warm',
  high_value: 'warm',
  reply: 'cool',
  support: 'cool',
};

/** Everything that waits for a person as one line, beside the thing that is looked at. */
export async function inboxView({ params: { type, itemId }, query, signal }) {
  let wanted = query.show in SHOWN ? query.show : '';
  const chosen = new Set();
  const list = h('div', { class: 'stack' });
  const bulk = h('div', { class: 'bulk', 'aria-live': 'polite' });
  const kind = control({
    name: 'show',
    label: 'Show',
    kind: 'choice',
    value: wanted,
    options: Object.entries(SHOWN).map(([key, [label]]) => [key, label]),
    onchange: (event) => {
      wanted = event.target.value;
      chosen.clear();
      replaceQuery({ show: wanted });
      updateBulk();
      void updateList();
    },
  });
  const detail = h('div', { class: 'stack', 'aria-live': 'polite' });
  const queue = () => queueOf({ wanted, currentId: itemId, chosen, onChoose: updateBulk }, signal);
  const updateList = () => show(list, queue, signal);
  const card = () => {
    const after = { changed: () => void update(), decided: (next) => openNext(next, wanted) };
    return type === 'approval' ? approvalCard(itemId, signal, after) : caseCard(itemId, signal, after);
  };
  const update = async () => {
    void updateList();
    if (itemId) await show(detail, card, signal);
    else
      fill(
        detail,
        empty('Nothing chosen', 'Choose something to see who asks for what, and what follows from each answer.'),
      );
  };
  function updateBulk() {
    fill(bulk, chosen.size > 0 && can('approvals:decide') && bulkBar(chosen, settleChosen));
  }
  async function settleChosen(resolution, label, then) {
    const count = chosen.size;
    const answer = await ask({
      title: `${label}: ${count === 1 ? 'one case' : `${count} cases`}?`,
      text: then,
      confirm: label,
      kind: resolution === 'reject' ? 'danger' : 'primary',
      fields: [{ name: 'note', label: 'Note (optional)', kind: 'long' }],
    });
    if (!answer) return;
    const { resolved, results, next } = await post('/api/v1/escalations/resolve', {
      escalation_ids: [...chosen],
      resolution,
      ...answer,
    });
    chosen.clear();
    updateBulk();
    notify(`${resolved} of ${count} settled`);
    const refused = results.filter((result) => !result.resolved);
    if (refused.length > 0)
      notify(refused.map(({ escalation_id, reason }) => `${escalation_id}: ${reason}`).join(' · '), 'error');
    if (itemId && results.some((result) => result.resolved && result.escalation_id === itemId)) openNext(next, wanted);
    else void update();
  }
  void update();
  watchEvents(['escalation', 'approval'], () => renew(list, queue, signal), signal);
  if (itemId) watchEvents(['escalation', 'approval'], () => renew(detail, card, signal), signal, itemId);
  return [
    pageHead(
      'Inbox',
      'What waits for a person: legal matters, complaints and hot leads first, the rest by what it is worth.',
    ),
    h(
      'div',
      { class: `split ${itemId ? 'has-detail' : ''}` },
      h('div', { class: 'stack split-list' }, kind.row, bulk, list),
      detail,
    ),
  ];
}

/** Opens what is next in line, or the list where there is nothing left. */
function openNext(next, wanted) {
  const query = wanted && `?show=${wanted}`;
  goTo(next ? `${link('inbox', next.item_type, next.item_id)}${query}` : `${EMPTY_HASH}${query}`);
}

function bulkBar(chosen, settle) {
  return [
    h('p', { class: 'bulk-count' }, chosen.size === 1 ? '1 case chosen' : `${chosen.size} cases chosen`),
    h(
      'div',
      { class: 'actions' },
      BULK_ANSWERS.map(([resolution, label, then]) =>
        actionButton(label, () => settle(resolution, label, then), { kind: resolution === 'reject' ? 'danger' : '' }),
      ),
    ),
    h(
      'details',
      null,
      h('summary', null, 'What happens then'),
      reasonList(BULK_ANSWERS.map(([, label, then]) => `${label}: ${then}`)),
    ),
  ];
}

async function queueOf({ wanted, currentId, chosen, onChoose }, signal) {
  const [, asked] = SHOWN[wanted];
  const list = h('ul', { class: 'queue-list' });
  const foot = h('div', { class: 'list-foot' });
  const append = async (cursor) => {
    const page = await get('/api/v1/inbox', { ...asked, limit: PAGE, cursor }, signal);
    list.append(...page.items.map((item) => queueRow(item, { wanted, currentId, chosen, onChoose })));
    fill(foot, page.next_cursor && actionButton('Show more', () => append(page.next_cursor)));
  };
  await append();
  if (currentId)
    requestAnimationFrame(() => list.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' }));
  return list.children.length > 0
    ? [list, foot]
    : empty('Nothing waits here', 'Agents put things here that need a yes, a no or a second look.');
}

function queueRow(item, { wanted, currentId, chosen, onChoose }) {
  const { item_type, item_id, title } = item;
  const isCase = item_type === 'escalation' && can('approvals:decide');
  const choose = ({ target }) => {
    if (target.checked) chosen.add(item_id);
    else chosen.delete(item_id);
    onChoose();
  };
  const box = h('input', {
    type: 'checkbox',
    'aria-label': `Choose ${title}`,
    checked: chosen.has(item_id),
    onchange: choose,
  });
  return h(
    'li',
    { class: 'queue-row' },
    h('span', { class: 'queue-check' }, isCase && box),
    h(
      'a',
      {
        class: `queue-item queue-item-${item.priority}`,
        href: `${link('inbox', item_type, item_id)}${wanted && `?show=${wanted}`}`,
        'aria-current': item_id === currentId && 'true',
      },
      h('span', { class: 'queue-item-title' }, title),
      h('span', { class: 'queue-item-meta' }, ...metaOf(item)),
    ),
  );
}

function metaOf({ item_type, kind, reason, due_at, waiting_since, snoozed_until, blocks, worth, times, assigned_to }) {
  return [
    badge(reason ?? 'approval', REASON_TONES[reason] ?? 'plain'),
    assigned_to && h('span', { class: 'badge badge-plain' }, `With ${personOf(assigned_to, currentUser())}`),
    blocks && h('span', { title: 'Nothing is sent to the lead while this is open' }, 'Holds the lead'),
    worth > 0 && h('span', null, formatUsd(worth)),
    times > 1 && h('span', null, `raised ${times} times`),
    item_type === 'approval' && h('span', null, humanise(kind)),
    snoozed_until
      ? h('span', null, 'back ', when(snoozed_until))
      : h(
          'span',
          null,
          'waits since ',
          when(waiting_since),
          item_type === 'approval' ? ', expires ' : ', due ',
          when(due_at),
        ),
  ];
}
