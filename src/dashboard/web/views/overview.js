import { get } from '../lib/api.js';
import { fill, h } from '../lib/dom.js';
import { formatDuration, formatMoment, formatNumber, humanise } from '../lib/format.js';
import { watchEvents } from '../lib/live.js';
import { barList, card, factList, pageHead } from '../parts/pieces.js';

const REFRESH_MS = 15_000;
const SHOWN = ['handoff', 'escalation', 'approval', 'decision', 'message', 'db://leads', 'db://campaigns'];
const FUNNEL = ['New', 'Open', 'Qualified', 'Converted', 'Unqualified'];

export async function overviewView({ signal }) {
  const body = h('div');
  const stamp = h('p', { class: 'muted small' });
  const update = async () => {
    const overview = await get('/api/v1/overview', {}, signal);
    fill(body, content(overview));
    fill(
      stamp,
      `As of ${formatMoment(new Date().toISOString())}; renewed as things happen, and every ${REFRESH_MS / 1000} seconds.`,
    );
  };
  await update();
  const updateQuietly = () => update().catch(() => undefined);
  const timer = setInterval(() => !document.hidden && updateQuietly(), REFRESH_MS);
  watchEvents(SHOWN, updateQuietly, signal);
  signal.addEventListener('abort', () => clearInterval(timer));
  return [pageHead('Overview', 'Where leads, messages and decisions stand, and what waits for a person.'), body, stamp];
}

function content({ leads, messages, handoffs, escalations, approvals, decisions, campaigns, queue }) {
  const waiting = escalations.open + approvals.pending;
  const held = messages.by_status.held ?? 0;
  const planned = messages.by_status.planned ?? 0;
  return [
    h(
      'div',
      { class: 'tiles' },
      tile('Leads', formatNumber(leads.total), `${formatNumber(leads.by_status.New ?? 0)} new`, '#/leads'),
      tile(
        'For a person',
        formatNumber(waiting),
        `${counted(escalations.open, 'case')}, ${counted(approvals.pending, 'approval')}`,
        '#/inbox',
        waiting > 0 && 'warm',
      ),
      tile('Decisions', formatNumber(decisions.last_24h), 'in the last 24 hours', '#/decisions'),
      tile('Messages planned', formatNumber(planned), `${formatNumber(held)} held by the gate`, '#/messages'),
      tile('Campaigns active', formatNumber(campaigns.active), `of ${formatNumber(campaigns.total)}`, '#/campaigns'),
      tile(
        'Dead letters',
        formatNumber(queue.dead),
        queue.dead > 0 ? 'work given up' : 'all work done',
        '#/queue',
        queue.dead > 0 && 'bad',
      ),
    ),
    h(
      'div',
      { class: 'grid' },
      card(
        'Leads by status',
        barList(leads.by_status, { order: FUNNEL, href: (name) => `#/leads?lead_status=${encodeURIComponent(name)}` }),
      ),
      card(
        'Leads by triage category',
        barList(leads.by_category, {
          href: (name) =>
            name === 'untriaged' || name === 'none'
              ? '#/leads?lead_status=New'
              : `#/leads?triage_category=${encodeURIComponent(name)}`,
        }),
      ),
      card(
        'Messages by channel',
        barList(messages.by_channel, { href: (name) => `#/messages?channel=${encodeURIComponent(name)}` }),
      ),
      card(
        'Messages by state',
        barList(messages.by_status, { href: (name) => `#/messages?status=${encodeURIComponent(name)}` }),
      ),
      card('Open cases by reason', barList(escalations.by_reason)),
      card(
        'Handoffs',
        barList(handoffs.by_status),
        handoffs.mean_ms !== null &&
          h('p', { class: 'muted small' }, `Taken over after ${formatDuration(handoffs.mean_ms / 1000)} on average`),
      ),
      card(
        'Decisions in 24 hours',
        barList(decisions.by_agent, { href: (name) => `#/decisions?agent_type=${encodeURIComponent(name)}` }),
      ),
      card('Queue', queueFacts(queue)),
    ),
  ];
}

function queueFacts({ store, waiting, dead }) {
  return factList([
    ['Store', humanise(store)],
    ['Waiting', formatNumber(waiting)],
    ['Dead letters', formatNumber(dead)],
  ]);
}

function counted(count, noun) {
  return `${formatNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function tile(name, value, note, href, tone) {
  return h(
    'a',
    { class: `tile ${tone ? `tile-${tone}` : ''}`, href },
    h('span', { class: 'tile-name' }, name),
    h('span', { class: 'tile-value' }, value),
    h('span', { class: 'tile-note' }, note),
  );
}
