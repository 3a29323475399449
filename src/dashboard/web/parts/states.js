import { ApiProblem } from '../lib/api.js';
import { h } from '../lib/dom.js';

export function loading(label = 'Loading') {
  return h(
    'div',
    { class: 'loading', role: 'status' },
    h('span', { class: 'visually-hidden' }, `${label} …`),
    h('i'),
    h('i'),
    h('i'),
  );
}

export function empty(title, hint) {
  return h(
    'div',
    { class: 'state' },
    h('p', { class: 'state-title' }, title),
    hint && h('p', { class: 'muted' }, hint),
  );
}

/** What went wrong, in the server's words, and a way to try again. */
export function failure(error, retry) {
  const isProblem = error instanceof ApiProblem;
  return h(
    'div',
    { class: 'state state-error', role: 'alert' },
    h(
      'p',
      { class: 'state-title' },
      isProblem && error.status === 403 ? 'Your role does not reach this' : 'This could not be loaded',
    ),
    h('p', null, error.message),
    isProblem && error.requestId && h('p', { class: 'muted small' }, `Request ${error.requestId}`),
    retry && h('button', { class: 'button', type: 'button', onclick: retry }, 'Try again'),
  );
}

/**
 * Shows what `load` gives now in place of what it gave before, without the states in between. What somebody has opened or is about to use
 * is left alone, and so is what is there when the server cannot be asked.
 */
export async function renew(container, load, signal) {
  if (isInUse(container)) return;
  const content = await load().catch(() => undefined);
  if (content === undefined || signal.aborted || isInUse(container)) return;
  // nobody asked for it, so it is not read out
  const politeness = container.getAttribute('aria-live');
  container.setAttribute('aria-live', 'off');
  container.replaceChildren(...[content].flat(Infinity).filter(Boolean));
  if (politeness) requestAnimationFrame(() => container.setAttribute('aria-live', politeness));
  else container.removeAttribute('aria-live');
}

function isInUse(container) {
  const isFocused =
    container.contains(document.activeElement) &&
    document.activeElement.matches('a, button, input, select, textarea, summary');
  return (
    isFocused ||
    container.hasAttribute('aria-busy') ||
    container.querySelector('details[open]') !== null ||
    document.querySelector('dialog[open]') !== null
  );
}

/** Runs `load` and shows what it gives, with the states before and beside it. Resolves when something is shown. */
export async function show(container, load, signal) {
  container.setAttribute('aria-busy', 'true');
  container.replaceChildren(loading());
  try {
    const content = await load();
    if (!signal?.aborted) container.replaceChildren(...[content].flat(Infinity).filter(Boolean));
  } catch (error) {
    if (signal?.aborted || error.name === 'AbortError' || error.name === 'SignedOut') return;
    container.replaceChildren(failure(error, () => show(container, load, signal)));
  } finally {
    container.removeAttribute('aria-busy');
  }
}
