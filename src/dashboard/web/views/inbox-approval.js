import { can, currentUser, get, post } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { formatMoment, humanise, personOf } from '../lib/format.js';
import { ask } from '../parts/ask.js';
import { actionButton, notify } from '../parts/notices.js';
import { badge, card, factList, jsonFacts } from '../parts/pieces.js';
import { aboutFacts, backToInbox } from './inbox-pieces.js';

/** An effect that waits for a yes. @param after `changed()`, `decided(next)` */
export async function approvalCard(id, signal, after) {
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
      if (!answer) return;
      const { status, closed_reason, next } = await post(`${path}/approve`, {
        ...answer,
        effect_hash: approval.effect_hash,
      });
      notify(
        status === 'executed'
          ? 'Approved and carried out'
          : `${humanise(status)}${closed_reason ? `: ${closed_reason}` : ''}`,
      );
      after.decided(next);
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
      if (!answer) return;
      const { next } = await post(`${path}/reject`, answer);
      notify('Rejected');
      after.decided(next);
    },
    { kind: 'danger' },
  );
  return [
    backToInbox(),
    card(
      approval.title,
      factList([
        ['State', badge(approval.status)],
        ['Kind', humanise(approval.kind)],
        ['Asked by', approval.requested_by],
        [approval.status === 'pending' ? 'Expires' : 'Expiry', formatMoment(approval.expires_at)],
        ...aboutFacts(approval),
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
