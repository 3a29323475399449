import { can, currentUser, get, post } from '../lib/api.js';
import { fill, h } from '../lib/dom.js';
import { formatMoment, humanise, personOf } from '../lib/format.js';
import { watchEvents } from '../lib/live.js';
import { link, replaceQuery } from '../lib/router.js';
import { ask, control } from '../parts/ask.js';
import { actionButton } from '../parts/notices.js';
import { badge, card, factList, jsonFacts, pageHead, when } from '../parts/pieces.js';
import { empty, renew, show } from '../parts/states.js';

const PAGE = 50;

/** Escalations and approvals as one queue beside the case that is looked at. */
export async function inboxView({ params: { type, itemId }, query, signal }) {
  let wanted = query.item_type ?? '';
  const list = h('div', { class: 'stack' });
  const kind = control({
    name: 'item_type',
    label: 'Show',
    kind: 'choice',
    value: wanted,
    options: [
      ['', 'Everything'],
      ['approval', 'Approvals'],
      ['escalation', 'Escalations'],
    ],
    onchange: (event) => {
      wanted = event.target.value;
      replaceQuery({ item_type: wanted });
      void updateList();
    },
  });
  const detail = h('div', { class: 'stack', 'aria-live': 'polite' });
  const queue = () => queueOf(wanted, itemId, signal);
  const chosen = () =>
    type === 'approval' ? approvalCard(itemId, signal, update) : escalationCard(itemId, signal, update);
  const updateList = () => show(list, queue, signal);
  const update = async () => {
    void updateList();
    if (itemId) await show(detail, chosen, signal);
    else
      fill(detail, empty('Nothing chosen', 'Choose a case to see its evidence, its effect, and how it can be undone.'));
  };
  void update();
  watchEvents(['escalation', 'approval'], () => renew(list, queue, signal), signal);
  if (itemId) watchEvents(['escalation', 'approval'], () => renew(detail, chosen, signal), signal, itemId);
  return [
    pageHead('Inbox', 'What agents may not decide alone: the most urgent first.'),
    h(
      'div',
      { class: `split ${itemId ? 'has-detail' : ''}` },
      h('div', { class: 'stack split-list' }, kind.row, list),
      detail,
    ),
  ];
}

async function queueOf(item_type, chosenId, signal) {
  const list = h('ul', { class: 'queue-list' });
  const foot = h('div', { class: 'list-foot' });
  const append = async (cursor) => {
    const page = await get('/api/v1/inbox', { item_type, limit: PAGE, cursor }, signal);
    list.append(...page.items.map((item) => h('li', null, queueItem(item, item.item_id === chosenId, item_type))));
    fill(foot, page.next_cursor && actionButton('Show more', () => append(page.next_cursor)));
  };
  await append();
  if (chosenId) requestAnimationFrame(() => list.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' }));
  return list.children.length > 0
    ? [list, foot]
    : empty('Nothing waits for a person', 'Agents put cases here that need a yes, a no or a second look.');
}

function queueItem(
  { item_type, item_id, kind, title, priority, status, due_at, assigned_to, raised_by },
  isChosen,
  wanted,
) {
  return h(
    'a',
    {
      class: `queue-item queue-item-${priority}`,
      href: `${link('inbox', item_type, item_id)}${wanted && `?item_type=${wanted}`}`,
      'aria-current': isChosen && 'true',
    },
    h('span', { class: 'queue-item-title' }, title),
    h(
      'span',
      { class: 'queue-item-meta' },
      badge(item_type, item_type === 'approval' ? 'cool' : 'plain'),
      badge(priority),
      status === 'claimed' &&
        h('span', { class: 'badge badge-plain' }, `Claimed by ${personOf(assigned_to, currentUser())}`),
      h(
        'span',
        null,
        `${humanise(kind)} · ${raised_by} · ${item_type === 'approval' ? 'expires' : 'due'} `,
        when(due_at),
      ),
    ),
  );
}

async function approvalCard(id, signal, update) {
  const path = `/api/v1/approvals/${encodeURIComponent(id)}`;
  const approval = await get(path, {}, signal);
  const approve = actionButton(
    'Approve',
    async () => {
      const answer = await ask({
        title: 'Approve this effect?',
        text: 'It is carried out at once, exactly as shown. If it or its state has moved since, nothing happens.',
        confirm: 'Approve',
        fields: [{ name: 'note', label: 'Note (optional)', kind: 'long' }],
      });
      if (!answer) return undefined;
      const { status, closed_reason } = await post(`${path}/approve`, { ...answer, effect_hash: approval.effect_hash });
      void update();
      return status === 'executed'
        ? 'Approved and carried out'
        : `${humanise(status)}${closed_reason ? `: ${closed_reason}` : ''}`;
    },
    { kind: 'primary' },
  );
  const reject = actionButton(
    'Reject',
    async () => {
      const answer = await ask({
        title: 'Reject this?',
        confirm: 'Reject',
        kind: 'danger',
        fields: [{ name: 'note', label: 'Why (optional)', kind: 'long' }],
      });
      if (!answer) return undefined;
      await post(`${path}/reject`, answer);
      void update();
      return 'Rejected';
    },
    { kind: 'danger' },
  );
  return [
    back(),
    card(
      approval.title,
      factList([
        ['State', badge(approval.status)],
        ['Priority', badge(approval.priority)],
        ['Kind', humanise(approval.kind)],
        ['Asked by', approval.requested_by],
        [approval.status === 'pending' ? 'Expires' : 'Expiry', formatMoment(approval.expires_at)],
        ...about(approval),
        ...(approval.decided_by
          ? [
              ['Decided by', personOf(approval.decided_by, currentUser())],
              ['Decided', formatMoment(approval.decided_at)],
            ]
          : []),
        ...(approval.decision_note ? [['Note', approval.decision_note]] : []),
        ...(approval.closed_reason ? [['Closed because', approval.closed_reason]] : []),
      ]),
      approval.status === 'pending' && can('approvals:decide') && h('div', { class: 'actions' }, approve, reject),
    ),
    card('Effect', jsonFacts(approval.effect)),
    card('Evidence', jsonFacts(approval.evidence)),
    card('Blast radius', jsonFacts(approval.blast_radius)),
    card(
      'Undo path',
      approval.undo
        ? jsonFacts(approval.undo)
        : h('p', null, badge('irreversible', 'bad'), ' There is no way back once it is carried out.'),
    ),
    approval.result && card('Result', jsonFacts(approval.result)),
  ];
}

async function escalationCard(id, signal, update) {
  const path = `/api/v1/escalations/${encodeURIComponent(id)}`;
  const escalation = await get(path, {}, signal);
  const claim = actionButton(
    'Claim',
    async () => {
      await post(`${path}/claim`);
      void update();
      return 'Claimed: it is yours';
    },
    { kind: escalation.status === 'open' ? 'primary' : '' },
  );
  const resolve = actionButton('Resolve', async () => {
    const answer = await ask({
      title: 'Resolve this case',
      confirm: 'Resolve',
      fields: [
        {
          name: 'resolution',
          label: 'Resolution',
          kind: 'choice',
          options: [
            ['approve', 'Approve: go on as proposed'],
            ['reject', 'Reject: do not go on'],
            ['change', 'Change fields, then go on'],
            ['return', 'Return it to an agent'],
          ],
        },
        {
          name: 'changes',
          label: 'Changes',
          kind: 'long',
          hint: 'For a change: a JSON object, such as {"lead_status":"Open"}',
        },
        { name: 'return_to', label: 'Return to', hint: 'For a return: the agent, such as EN-001' },
        { name: 'note', label: 'Note', kind: 'long' },
      ],
    });
    if (!answer) return undefined;
    const { changes, ...rest } = answer;
    await post(`${path}/resolve`, changes ? { ...rest, changes: parseObject(changes) } : rest);
    void update();
    return 'Resolved: the flow goes on';
  });
  return [
    back(),
    card(
      escalation.summary,
      factList([
        ['State', badge(escalation.status)],
        ['Priority', badge(escalation.priority)],
        ['Reason', humanise(escalation.reason)],
        ['Raised by', escalation.raised_by],
        ['Due', when(escalation.due_at)],
        ['Climbed', escalation.level === 0 ? 'Never' : `${escalation.level} times`],
        ['Claimed by', personOf(escalation.assigned_to, currentUser())],
        ...about(escalation),
        ...(escalation.resolution
          ? [
              ['Resolution', badge(escalation.resolution)],
              ['By', personOf(escalation.resolved_by, currentUser())],
              ['Note', escalation.resolution_note],
            ]
          : []),
      ]),
      escalation.status !== 'resolved' &&
        can('approvals:decide') &&
        h('div', { class: 'actions' }, escalation.status === 'open' && claim, resolve),
    ),
    card('Evidence', jsonFacts(escalation.context)),
  ];
}

function about({ lead_id, campaign_id, decision_id }) {
  return [
    ...(lead_id ? [['Lead', h('a', { href: link('leads', lead_id) }, lead_id)]] : []),
    ...(campaign_id ? [['Campaign', h('a', { href: link('campaigns', campaign_id) }, campaign_id)]] : []),
    ...(decision_id ? [['Decision', h('a', { href: link('decisions', decision_id) }, 'explanation')]] : []),
  ];
}

function back() {
  return h('p', { class: 'crumb' }, h('a', { href: '#/inbox' }, '← Inbox'));
}

function parseObject(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`Changes must be a JSON object: ${error.message}`, { cause: error });
  }
}
