import { SignedOut } from '../lib/api.js';
import { h } from '../lib/dom.js';

const STAYS_MS = 6_000;

/** A short line in the corner that is also read out. Errors stay until they are closed. */
export function notify(text, kind = 'done') {
  const notice = h(
    'div',
    { class: `notice notice-${kind}` },
    h('span', null, text),
    h(
      'button',
      { class: 'icon-button', type: 'button', 'aria-label': 'Close this notice', onclick: () => notice.remove() },
      '×',
    ),
  );
  document.getElementById('notices').append(notice);
  if (kind !== 'error') setTimeout(() => notice.remove(), STAYS_MS);
}

/**
 * A button that does something on the server: it cannot be pressed twice meanwhile, and says when the server refused.
 * @param action resolves to the text of the notice, or to nothing where there is none to show
 */
export function actionButton(label, action, { kind = '', ...properties } = {}) {
  const button = h(
    'button',
    {
      class: `button ${kind}`,
      type: 'button',
      ...properties,
      onclick: async () => {
        button.disabled = true;
        button.setAttribute('aria-busy', 'true');
        try {
          const text = await action();
          if (text) notify(text);
        } catch (error) {
          if (!(error instanceof SignedOut)) notify(error.message, 'error');
        } finally {
          button.disabled = false;
          button.removeAttribute('aria-busy');
        }
      },
    },
    label,
  );
  return button;
}
