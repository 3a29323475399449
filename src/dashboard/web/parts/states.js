import { ApiProblem } from '../lib/api.js';
import { h } from '../lib/dom.js';

export function loading(label = 'Loading') {
  return h('div', { class: 'loading', role: 'status' }, h('span', { class: 'visually-hidden' }, `${label} …`), h('i'), h('i'), h('i'));
}

export function empty(title, hint) {
  return h('div', { class: 'state' }, h('p', { class: 'state-title' }, title), hint && h('p', { class: 'muted' }, hint));
}

/** What went wrong, in the server's words, and a way to try again. */
export function failure(error, retry) {
  const isProblem = error instanceof ApiProblem;
  return h('div', { class: 'state state-error', role: 'alert' },
    h('p', { class: 'state-title' }, isProblem && error.status === 403 ? 'Your role does not reach this' : 'This could not be loaded'),
    h('p', null, error.message),
    isProblem && error.requestId && h('p', { class: 'muted small' }, `Request ${error.requestId}`),
    retry && h('button', { class: 'button', type: 'button', onclick: retry }, 'Try again'));
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
