import { h } from '../lib/dom.js';
import { link } from '../lib/router.js';

/** What a case or an approval is about, as facts with links. */
export function aboutFacts({ lead_id, campaign_id, decision_id }) {
  return [
    ...(lead_id ? [['Lead', h('a', { href: link('leads', lead_id) }, lead_id)]] : []),
    ...(campaign_id ? [['Campaign', h('a', { href: link('campaigns', campaign_id) }, campaign_id)]] : []),
    ...(decision_id ? [['Decision', h('a', { href: link('decisions', decision_id) }, 'explanation')]] : []),
  ];
}

export function backToInbox() {
  return h('p', { class: 'crumb' }, h('a', { href: '#/inbox' }, '← Inbox'));
}
