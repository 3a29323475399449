import { can, get, post } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { NOTHING, choicesOf, formatDecimal, formatMoment, formatNumber, formatShare, humanise } from '../lib/format.js';
import { watchEvents } from '../lib/live.js';
import { link } from '../lib/router.js';
import { vocabulary } from '../lib/vocabulary.js';
import { ask } from '../parts/ask.js';
import { actionButton } from '../parts/notices.js';
import { badge, card, factList, jsonFacts, pageHead, reasonList, when } from '../parts/pieces.js';
import { empty, renew, show } from '../parts/states.js';

const SHOWN_EVENTS = 100;

export async function leadView({ params: { leadId }, signal }) {
  const body = h('div', { class: 'stack' });
  const load = () => content(leadId, signal);
  const update = () => show(body, load, signal);
  const triage = actionButton(
    'Triage',
    async () => {
      const { priorities } = await vocabulary();
      const answer = await ask({
        title: 'Triage this lead',
        confirm: 'Triage',
        fields: [
          { name: 'priority', label: 'Priority', kind: 'choice', options: choicesOf(priorities), value: 'medium' },
        ],
      });
      if (!answer) return undefined;
      const { category, score, confidence } = await post(`/api/v1/leads/${encodeURIComponent(leadId)}/triage`, answer);
      void update();
      return `${category}: score ${formatNumber(score)}, confidence ${formatShare(confidence)}`;
    },
    { kind: 'primary' },
  );
  const engage = actionButton('Engage', async () => {
    const { message, rule, reasons } = await post(`/api/v1/leads/${encodeURIComponent(leadId)}/engage`);
    void update();
    return message
      ? `${message.channel} planned for ${formatMoment(message.planned_for)}`
      : `Nothing is sent: ${humanise(rule ?? reasons?.[0] ?? 'no reason given')}`;
  });
  void update();
  watchEvents(['decision', 'handoff', 'message', 'db://leads'], () => renew(body, load, signal), signal, leadId);
  return [
    h('p', { class: 'crumb' }, h('a', { href: '#/leads' }, '← Leads')),
    pageHead(`Lead ${leadId}`, undefined, can('leads:write') && [triage, engage]),
    body,
  ];
}

async function content(leadId, signal) {
  const optional = (scope, path, query) => (can(scope) ? get(path, query, signal) : { items: [] });
  const [lead, interactions, actions, messages, decisions, memory] = await Promise.all([
    get(`/api/v1/leads/${encodeURIComponent(leadId)}`, {}, signal),
    get('/api/v1/interactions', { lead_id: leadId, limit: SHOWN_EVENTS }, signal),
    get('/api/v1/agent-actions', { lead_id: leadId, limit: SHOWN_EVENTS }, signal),
    optional('messages:read', '/api/v1/messages', { lead_id: leadId, limit: SHOWN_EVENTS }),
    optional('decisions:read', '/api/v1/decisions', { subject_id: leadId, kind: 'lead.triage', limit: 1 }),
    can('memory:rw') ? get('/api/v1/memory', { lead_id: leadId }, signal) : undefined,
  ]);
  const latest =
    decisions.items[0] &&
    (await get(`/api/v1/decisions/${encodeURIComponent(decisions.items[0].decision_id)}`, {}, signal));
  return [
    card('Facts', facts(lead)),
    lead.message && card('What the lead wrote', h('blockquote', null, lead.message)),
    h(
      'div',
      { class: 'split split-wide' },
      h(
        'div',
        { class: 'stack' },
        triageCard(latest),
        card('Timeline', timeline(interactions.items, actions.items, messages.items)),
      ),
      memory && card('Memory', memoryFacts(memory)),
    ),
  ];
}

function facts(lead) {
  return factList([
    ['Status', badge(lead.lead_status)],
    ['Category', badge(lead.triage_category)],
    ['Score', formatNumber(lead.lead_score)],
    ['Stands at', humanise(lead.flow_state)],
    ['Consent', badge(lead.gdpr_consent ? 'given' : 'not given', lead.gdpr_consent ? 'good' : 'warm')],
    ['Persona', lead.persona],
    ['Industry', lead.industry],
    ['Employees', lead.company_size],
    ['Region', lead.region],
    ['Source', lead.source],
    ['Campaign', lead.campaign_id && h('a', { href: link('campaigns', lead.campaign_id) }, lead.campaign_id)],
    ['Prefers', lead.preferred_channel],
    ['Email', lead.email],
    ['Phone', lead.phone],
    ['Agent', lead.assigned_engagement_agent],
    ['Created', formatMoment(lead.created_at)],
    ['Last active', when(lead.last_active_at)],
  ]);
}

function triageCard(decision) {
  if (!decision) return card('Triage', empty('Not triaged yet', 'Press “Triage” to have it judged now.'));
  const factors = decision.outcome?.factors ?? [];
  const strongest = Math.max(1, ...factors.map(({ contribution }) => Math.abs(contribution)));
  return card(
    'Triage',
    h(
      'p',
      null,
      badge(decision.choice),
      ' with a confidence of ',
      h('strong', null, formatShare(decision.confidence)),
      ', ',
      when(decision.created_at),
      ' · ',
      h('a', { href: link('decisions', decision.decision_id) }, 'the decision in full'),
    ),
    factors.length > 0 && [
      h('h3', null, 'Factors'),
      h(
        'ul',
        { class: 'bars' },
        factors.map(({ name, value, contribution }) =>
          h(
            'li',
            null,
            h(
              'span',
              { class: 'bar-label' },
              humanise(name),
              h('span', { class: 'muted' }, value === null ? ' (not known)' : ` (${formatDecimal(value)})`),
            ),
            h('span', { class: 'bar-amount' }, `${contribution > 0 ? '+' : ''}${formatDecimal(contribution)}`),
            h(
              'span',
              { class: 'bar-track', 'aria-hidden': 'true' },
              h('span', {
                class: `bar ${contribution < 0 ? 'bar-against' : ''}`,
                style: { '--share': Math.abs(contribution) / strongest },
              }),
            ),
          ),
        ),
      ),
    ],
    h('h3', null, 'Reasons'),
    reasonList(decision.reasons),
  );
}

function timeline(interactions, actions, messages) {
  const events = [
    ...interactions.map((each) => ({
      at: each.timestamp,
      text: `${each.channel}: ${humanise(each.event_type)}`,
      mark: each.outcome !== 'none' && each.outcome,
    })),
    ...actions.map((each) => ({
      at: each.timestamp,
      text: `${humanise(each.action_type)} by ${each.source_agent}`,
      mark: each.escalation_reason !== 'none' && each.escalation_reason,
    })),
    ...messages.map((each) => ({
      at: each.created_at,
      text: `${each.channel} message${each.subject ? ` “${each.subject}”` : ''} for ${formatMoment(each.planned_for)}`,
      mark: each.status,
    })),
  ].sort((a, b) => b.at.localeCompare(a.at));
  if (events.length === 0) return empty('Nothing has happened yet');
  return h(
    'ol',
    { class: 'timeline' },
    events
      .slice(0, SHOWN_EVENTS)
      .map(({ at, text, mark }) => h('li', null, when(at), h('span', null, text, mark && badge(mark)))),
  );
}

function memoryFacts({ short_term, long_term, semantic }) {
  if (short_term.length + long_term.length + semantic.length === 0) return empty('Nothing is remembered');
  return [
    short_term.map((entry) => [
      h('h3', null, 'This conversation'),
      factList([
        ['Intent', humanise(entry.active_intent)],
        ['Last said', entry.last_utterance_summary || NOTHING],
        ['Forgotten', when(entry.expires_at)],
        ...Object.entries(entry.slots_json).map(([name, value]) => [humanise(name), jsonFacts(value, 1, name)]),
      ]),
    ]),
    long_term.map((entry) => [
      h('h3', null, 'For good'),
      factList([
        ['RFM score', formatDecimal(entry.rfm_score)],
        ['Updated', when(entry.last_updated_at)],
        ...Object.entries(entry.preferences_json).map(([name, value]) => [humanise(name), jsonFacts(value, 1, name)]),
      ]),
    ]),
    semantic.length > 0 && [
      h('h3', null, 'Connections'),
      reasonList(
        semantic.map(
          ({ subject, predicate, object, weight }) =>
            `${subject} ${humanise(predicate).toLowerCase()} ${object} (${formatDecimal(weight)})`,
        ),
      ),
    ],
  ];
}
