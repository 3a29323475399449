import { can, currentUser, get, post } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { choicesOf, formatMoment, formatUsd, humanise, personOf } from '../lib/format.js';
import { ask } from '../parts/ask.js';
import { actionButton, notify } from '../parts/notices.js';
import { badge, card, factList, jsonFacts, when } from '../parts/pieces.js';
import { aboutFacts, backToInbox } from './inbox-pieces.js';

const ANSWER_LABELS = {
  approve: 'Approve',
  reject: 'Reject',
  change: 'Change and go on',
  return: 'Return to an agent',
  answered: 'Answered',
};

/** A case, its answers, and what follows from each. @param after `changed()`, `decided(next)` */
export async function caseCard(id, signal, after) {
  const path = `/api/v1/escalations/${encodeURIComponent(id)}`;
  const found = await get(path, {}, signal);
  const isOpen = found.status !== 'resolved' && can('approvals:decide');
  return [
    backToInbox(),
    card(
      found.title,
      h('p', null, found.summary),
      factList(factsOf(found)),
      isOpen && h('div', { class: 'actions' }, ...workButtons(found, path, after)),
    ),
    isOpen && card('What do you answer?', answerList(found, path, after)),
    found.notes.length > 0 && card('Notes', noteList(found.notes)),
    card('Evidence', jsonFacts(found.context)),
  ];
}

function factsOf(found) {
  return [
    ['State', badge(found.status)],
    ['Reason', humanise(found.reason)],
    ['Waits since', when(found.waiting_since)],
    ['Due', when(found.due_at)],
    ...(found.snoozed_until ? [['Put off until', formatMoment(found.snoozed_until)]] : []),
    [
      'Sending to the lead',
      found.blocks && found.status !== 'resolved' ? 'held while this is open' : 'not held by this',
    ],
    ...(found.worth > 0 ? [['Worth', formatUsd(found.worth)]] : []),
    ...(found.times > 1 ? [['Raised', `${found.times} times`]] : []),
    ['Raised by', found.raised_by],
    ['With', personOf(found.assigned_to, currentUser())],
    ...(found.looking.length > 0
      ? [['Looks at it', found.looking.map(({ user_id }) => personOf(user_id, currentUser())).join(', ')]]
      : []),
    ...aboutFacts(found),
    ...(found.resolution
      ? [
          ['Answer', badge(found.resolution)],
          ['By', personOf(found.resolved_by, currentUser())],
          ['Note', found.resolution_note],
        ]
      : []),
  ];
}

function workButtons({ status, snoozed_until }, path, after) {
  const act = (label, action, body, done) =>
    actionButton(label, async () => {
      await post(`${path}/${action}`, body);
      after.changed();
      return done;
    });
  return [
    status === 'open' && act('Claim', 'claim', {}, 'It is yours'),
    status === 'claimed' && act('Lay back', 'unassign', {}, 'It is nobody’s again'),
    snoozed_until
      ? act('Bring back', 'wake', {}, 'Back in line')
      : act('Put off until the lead answers', 'snooze', { until_answer: true }, 'Put off until the lead answers'),
    actionButton('Write a note', async () => {
      const answer = await ask({
        title: 'A note for the team',
        confirm: 'Keep',
        fields: [{ name: 'text', label: 'Note', kind: 'long', required: true, hint: '@name speaks to somebody' }],
      });
      if (!answer) return undefined;
      await post(`${path}/notes`, answer);
      after.changed();
      return 'Kept';
    }),
  ];
}

function answerList({ answers, form }, path, after) {
  return h(
    'ul',
    { class: 'answers' },
    answers.map(({ answer, then }) =>
      h(
        'li',
        null,
        actionButton(ANSWER_LABELS[answer], () => decide(answer, then, form, path, after), {
          kind: answer === 'reject' ? 'danger' : '',
        }),
        h('span', null, then),
      ),
    ),
  );
}

async function decide(resolution, then, form, path, after) {
  const given = await ask({
    title: `${ANSWER_LABELS[resolution]}?`,
    text: then,
    confirm: ANSWER_LABELS[resolution],
    kind: resolution === 'reject' ? 'danger' : 'primary',
    fields: [
      ...(resolution === 'change' ? form.map(inputOf) : []),
      ...(resolution === 'return'
        ? [{ name: 'return_to', label: 'Agent', required: true, hint: 'Such as LT-001 or EN-001' }]
        : []),
      { name: 'note', label: 'Note (optional)', kind: 'long' },
    ],
  });
  if (!given) return;
  const { note, return_to, ...values } = given;
  const changes = Object.fromEntries(
    form.filter(({ name }) => name in values).map((field) => [field.name, valueOf(field, values[field.name])]),
  );
  const { next } = await post(`${path}/resolve`, {
    resolution,
    ...(note && { note }),
    ...(return_to && { return_to }),
    ...(resolution === 'change' && { changes }),
  });
  notify('Settled');
  after.decided(next);
}

const NO_CHANGE = ['', 'As it is'];

function inputOf({ name, label, type, choices, min, max }) {
  if (type === 'choice') return { name, label, kind: 'choice', options: [NO_CHANGE, ...choicesOf(choices)] };
  if (type === 'flag') return { name, label, kind: 'choice', options: [NO_CHANGE, ['true', 'Yes'], ['false', 'No']] };
  if (type === 'number' || type === 'whole_number')
    return { name, label, kind: 'number', min, max, step: type === 'number' ? 'any' : 1 };
  return { name, label, hint: type === 'list' ? `Separated by commas: ${(choices ?? []).join(', ')}` : undefined };
}

function valueOf({ type }, text) {
  if (type === 'flag') return text === 'true';
  if (type === 'number' || type === 'whole_number') return Number(text);
  return type === 'list'
    ? text
        .split(',')
        .map((each) => each.trim())
        .filter(Boolean)
    : text;
}

function noteList(notes) {
  return h(
    'ul',
    { class: 'timeline' },
    notes.map(({ author_id, text, created_at }) =>
      h('li', null, when(created_at), h('span', null, `${personOf(author_id, currentUser())}: ${text}`)),
    ),
  );
}
