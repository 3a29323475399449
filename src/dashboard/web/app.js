import { can, currentUser, get, onSignedOut, resume, signOut } from './lib/api.js';
import { fill, h } from './lib/dom.js';
import { watchEvents } from './lib/live.js';
import { currentAddress, matchRoute } from './lib/router.js';
import { empty, failure, loading } from './parts/states.js';
import { campaignView } from './views/campaign.js';
import { campaignsView } from './views/campaigns.js';
import { decisionView } from './views/decision.js';
import { decisionsView } from './views/decisions.js';
import { inboxView } from './views/inbox.js';
import { leadView } from './views/lead.js';
import { leadsView } from './views/leads.js';
import { messagesView } from './views/messages.js';
import { overviewView } from './views/overview.js';
import { queueView } from './views/queue.js';
import { signInView } from './views/sign-in.js';

const ROUTES = [
  ['/overview', overviewView],
  ['/leads', leadsView],
  ['/leads/:leadId', leadView],
  ['/inbox', inboxView],
  ['/inbox/:type/:itemId', inboxView],
  ['/campaigns', campaignsView],
  ['/campaigns/:campaignId', campaignView],
  ['/decisions', decisionsView],
  ['/decisions/:decisionId', decisionView],
  ['/messages', messagesView],
  ['/queue', queueView],
];
/** Name, address, and the scope without which there is nothing to see. */
const NAVIGATION = [
  ['Overview', 'overview', undefined],
  ['Leads', 'leads', 'leads:read'],
  ['Inbox', 'inbox', 'approvals:read'],
  ['Campaigns', 'campaigns', 'campaigns:read'],
  ['Decisions', 'decisions', 'decisions:read'],
  ['Messages', 'messages', 'messages:read'],
  ['Queue', 'queue', 'system:read'],
];
const INBOX_CHECK_MS = 30_000;

const app = document.getElementById('app');
const logo = new URL('./logo.svg', import.meta.url).href;
let shell;
let leaving = new AbortController();

onSignedOut(() => showSignIn('Your session has ended. Sign in again to go on.'));
window.addEventListener('hashchange', () => shell && navigate(true));
// the browser would put the hash of the skip link into the address, which is ours
document.querySelector('.skip-link').addEventListener('click', (event) => {
  event.preventDefault();
  document.getElementById('main')?.focus();
});
void start();

async function start() {
  try {
    if (await resume()) showShell();
    else showSignIn();
  } catch (error) {
    fill(app, h('main', { class: 'main' }, failure(error, start)));
  }
}

function showSignIn(message) {
  leaving.abort();
  shell?.closing.abort();
  shell = undefined;
  document.title = 'Sign in · Herald';
  fill(app, signInView({ logo, message, onSignedIn: showShell }));
  app.querySelector('input').focus();
}

function showShell() {
  const user = currentUser();
  const items = NAVIGATION.filter(([, , scope]) => !scope || can(scope)).map(([name, address]) => ({
    address,
    anchor: h('a', { href: `#/${address}` }, name),
    count: h('span', { class: 'count', hidden: true }),
  }));
  const main = h('main', { class: 'main', id: 'main', tabindex: '-1' });
  shell = { main, items, closing: new AbortController() };
  fill(
    app,
    h(
      'div',
      { class: 'shell' },
      h(
        'header',
        { class: 'side' },
        h('a', { class: 'brand', href: '#/overview' }, h('img', { src: logo, alt: '' }), 'Herald'),
        h(
          'nav',
          { 'aria-label': 'Views' },
          h(
            'ul',
            { class: 'nav' },
            items.map(({ anchor, count }) => {
              anchor.append(count);
              return h('li', null, anchor);
            }),
          ),
        ),
        h(
          'div',
          { class: 'who' },
          h('span', { class: 'who-name', title: user.name }, user.name),
          h('span', { class: 'who-role muted' }, user.role ?? user.kind),
          h(
            'button',
            {
              class: 'button',
              type: 'button',
              onclick: async () => {
                await signOut();
                showSignIn();
              },
            },
            'Sign out',
          ),
        ),
      ),
      main,
    ),
  );
  void navigate(false);
  watchInbox(shell);
}

async function navigate(isMove) {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const { path, query } = currentAddress();
  const { main, items } = shell;
  for (const { anchor, address } of items) {
    if (path === `/${address}` || path.startsWith(`/${address}/`)) {
      anchor.setAttribute('aria-current', 'page');
      anchor.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    } else {
      anchor.removeAttribute('aria-current');
    }
  }
  fill(main, loading());
  try {
    const route = matchRoute(ROUTES, path);
    const content = route
      ? await route.view({ params: route.params, query, signal })
      : empty('There is no such view', path);
    if (signal.aborted) return;
    fill(main, content);
    const heading = main.querySelector('h1');
    document.title = heading ? `${heading.textContent} · Herald` : 'Herald';
    if (isMove) {
      window.scrollTo(0, 0);
      heading?.focus({ preventScroll: true });
    }
  } catch (error) {
    if (!signal.aborted && error.name !== 'AbortError')
      fill(
        main,
        failure(error, () => navigate(isMove)),
      );
  }
}

/** The number of cases that wait for a person, beside the inbox's name. */
function watchInbox({ items, closing: { signal } }) {
  const inbox = items.find(({ address }) => address === 'inbox');
  if (!inbox) return;
  const check = async () => {
    const page = await get('/api/v1/inbox', { limit: 100 }, signal).catch(() => undefined);
    if (!page) return;
    const waiting = page.items.length;
    inbox.count.hidden = waiting === 0;
    fill(inbox.count, page.next_cursor ? '99+' : waiting, h('span', { class: 'visually-hidden' }, ' waiting'));
  };
  void check();
  const timer = setInterval(() => !document.hidden && check(), INBOX_CHECK_MS);
  signal.addEventListener('abort', () => clearInterval(timer));
  watchEvents(['escalation', 'approval'], check, signal);
}
