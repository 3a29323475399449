import { h } from '../lib/dom.js';
import { choicesOf, formatShare, humanise } from '../lib/format.js';
import { link } from '../lib/router.js';
import { vocabulary } from '../lib/vocabulary.js';
import { badge, pageHead, when } from '../parts/pieces.js';
import { listView } from '../parts/table.js';

const SUBJECTS = { lead: 'leads', campaign: 'campaigns' };

/** A link to what a decision is about. */
export function subjectLink({ subject_type, subject_id }) {
  const view = SUBJECTS[subject_type];
  return view
    ? h('a', { class: 'id', href: link(view, subject_id) }, subject_id)
    : h('span', { class: 'id' }, subject_id);
}

/** What was chosen, in words: engagement writes variant@channel. */
export function choiceOf({ kind, choice }) {
  return humanise(kind === 'lead.engage' ? choice.replace('@', ' by ') : choice);
}

export async function decisionsView({ signal }) {
  const { agents, decision_kinds } = await vocabulary();
  return [
    pageHead('Decisions', 'Everything that the agents decided: why, on which facts, and how to take it back.'),
    listView({
      path: '/api/v1/decisions',
      caption: 'Decisions',
      changes: ['decision'],
      signal,
      filters: [
        { name: 'agent_type', label: 'Agent', options: choicesOf(agents) },
        { name: 'kind', label: 'Kind', options: choicesOf(decision_kinds) },
        { name: 'subject_id', label: 'Lead or campaign id', kind: 'search' },
      ],
      columns: [
        {
          title: 'Choice',
          isKey: true,
          cell: (decision) =>
            h(
              'div',
              { class: 'name-cell' },
              h('a', { href: link('decisions', decision.decision_id) }, choiceOf(decision)),
              h('div', { class: 'muted small' }, humanise(decision.kind)),
            ),
        },
        { title: 'About', cell: subjectLink },
        { title: 'Confidence', isNumber: true, cell: ({ confidence }) => formatShare(confidence) },
        { title: 'State', cell: ({ status }) => badge(status) },
        { title: 'Agent', cell: ({ agent_id }) => h('span', { class: 'nowrap' }, agent_id) },
        {
          title: 'Policy',
          cell: ({ policy_name, policy_version }) => h('span', { class: 'nowrap' }, `${policy_name} ${policy_version}`),
        },
        { title: 'Decided', cell: ({ created_at }) => when(created_at) },
      ],
      emptyTitle: 'No decisions',
      emptyHint: 'Run “npx herald run”, or triage a lead on its page.',
    }),
  ];
}
