import { can, get, post } from '../lib/api.js';
import { fill, h } from '../lib/dom.js';
import { formatField, formatMoment, formatRatio, formatShare, humanise } from '../lib/format.js';
import { watchEvents } from '../lib/live.js';
import { ask } from '../parts/ask.js';
import { actionButton } from '../parts/notices.js';
import { badge, card, factList, jsonFacts, pageHead, rawJson, reasonList, when } from '../parts/pieces.js';
import { renew, show } from '../parts/states.js';
import { table } from '../parts/table.js';
import { choiceOf, subjectLink } from './decisions.js';

export async function decisionView({ params: { decisionId }, signal }) {
  const path = `/api/v1/decisions/${encodeURIComponent(decisionId)}`;
  const decision = await get(path, {}, signal);
  const body = h('div', { class: 'stack' });
  const load = async () => content(await get(path, {}, signal));
  const replayed = h('div', { 'aria-live': 'polite' });
  const undo = actionButton(
    'Undo',
    async () => {
      const answer = await ask({
        title: 'Undo this decision?',
        text: 'What it changed is put back. A decision can be undone once.',
        confirm: 'Undo',
        kind: 'danger',
        fields: [{ name: 'reason', label: 'Why', kind: 'long', required: true }],
      });
      if (!answer) return undefined;
      await post(`${path}/undo`, answer);
      void show(body, load, signal);
      undo.remove();
      return 'Undone';
    },
    { kind: 'danger' },
  );
  const replay = actionButton('Replay', async () => {
    fill(replayed, replayCard(await post(`${path}/replay`)));
    return undefined;
  });
  fill(body, content(decision));
  watchEvents(['decision'], () => renew(body, load, signal), signal, decisionId);
  return [
    h('p', { class: 'crumb' }, h('a', { href: '#/decisions' }, '← Decisions')),
    pageHead(
      choiceOf(decision),
      `${humanise(decision.kind)} · ${decision.agent_id}, ${formatMoment(decision.created_at)}`,
      can('decisions:read') && replay,
      decision.is_reversible && !decision.undone_at && can('decisions:undo') && undo,
    ),
    h('div', { class: 'stack' }, replayed, body),
  ];
}

function content(decision) {
  return [
    card('Explanation', reasonList(decision.explanation)),
    card(
      'Facts',
      factList([
        ['About', subjectLink(decision)],
        ['Confidence', formatShare(decision.confidence)],
        ['State', badge(decision.status)],
        ['Mode', humanise(decision.mode)],
        ['Can be undone', decision.is_reversible ? 'Yes' : badge('irreversible', 'plain')],
        ['Policy', `${decision.policy_name} ${decision.policy_version}`],
        ...(decision.undone_at
          ? [
              ['Undone', when(decision.undone_at)],
              ['By', decision.undone_by],
              ['Because', decision.undo_reason],
            ]
          : []),
      ]),
    ),
    alternatives(decision),
    decision.expected_effect && card('Expected effect', jsonFacts(decision.expected_effect)),
    decision.measured_outcome && card('Measured outcome', jsonFacts(decision.measured_outcome)),
    decision.inverse && card('Undo path', jsonFacts(decision.inverse)),
    card(
      'On which facts',
      decision.facts.length > 0 &&
        table(
          'Facts that were read',
          [
            { title: 'Fact', isKey: true, cell: ({ id }) => h('span', { class: 'id' }, id) },
            { title: 'From', cell: ({ source }) => source },
            { title: 'Valid at', cell: ({ valid_at }) => formatMoment(valid_at) },
          ],
          decision.facts,
        ),
      rawJson('Inputs of the policy', decision.inputs),
      rawJson('Its answer in full', decision.outcome),
    ),
  ];
}

function alternatives({ kind, alternatives: weighed }) {
  if (!Array.isArray(weighed) || weighed.length === 0) return undefined;
  return card(
    'What was weighed',
    table(
      'Alternatives and their scores',
      [
        { title: 'Choice', isKey: true, cell: ({ choice }) => choiceOf({ kind, choice }) },
        { title: 'Score', isNumber: true, cell: ({ score }) => formatRatio(score) },
        {
          title: 'Detail',
          cell: (alternative) =>
            Object.entries(alternative)
              .filter(([name]) => name !== 'choice' && name !== 'score')
              .map(([name, value]) => `${humanise(name)}: ${formatField(name, value)}`)
              .join(' · '),
        },
      ],
      weighed,
    ),
  );
}

function replayCard({ identical, flips, replayed_version, recorded_choice, replayed_choice, differences, failure }) {
  if (failure) return card('Replay', h('p', null, badge('failed'), ` ${failure}`));
  return card(
    'Replay',
    h(
      'p',
      null,
      identical
        ? [
            badge('identical', 'good'),
            ` The same inputs under version ${replayed_version} give the same answer, to the last bit.`,
          ]
        : [
            badge(flips ? 'another choice' : 'other details', 'warm'),
            ` Version ${replayed_version}: “${recorded_choice}” ${flips ? `becomes “${replayed_choice}”` : 'stays'}.`,
          ],
    ),
    differences.length > 0 &&
      table(
        'Differences',
        [
          { title: 'Where', isKey: true, cell: ({ path }) => h('span', { class: 'id' }, path) },
          {
            title: 'Recorded',
            cell: ({ recorded }) => h('code', { class: 'inline-json' }, JSON.stringify(recorded) ?? '–'),
          },
          {
            title: 'Replayed',
            cell: ({ replayed }) => h('code', { class: 'inline-json' }, JSON.stringify(replayed) ?? '–'),
          },
        ],
        differences,
      ),
  );
}
