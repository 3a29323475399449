import { freshId, h } from '../lib/dom.js';

/**
 * A dialog with a few fields. The native element keeps the focus inside and gives it back.
 * @param fields [{ name, label, kind: 'text' | 'long' | 'choice', options, required, hint, value }]
 * @returns the values, or undefined when it was closed without an answer
 */
export function ask({ title, text, fields = [], confirm, kind = 'primary' }) {
  return new Promise((resolve) => {
    let answer;
    const heading = freshId('ask');
    const inputs = fields.map((field) => ({ field, ...control(field) }));
    const form = h(
      'form',
      {
        onsubmit: (event) => {
          event.preventDefault();
          answer = Object.fromEntries(
            inputs.map(({ field, input }) => [field.name, input.value.trim()]).filter(([, value]) => value !== ''),
          );
          dialog.close();
        },
      },
      h('h2', { id: heading }, title),
      text && h('p', { class: 'muted' }, text),
      inputs.map(({ row }) => row),
      h(
        'div',
        { class: 'actions actions-end' },
        h('button', { class: 'button', type: 'button', onclick: () => dialog.close() }, 'Cancel'),
        h('button', { class: `button ${kind}`, type: 'submit' }, confirm),
      ),
    );
    const dialog = h(
      'dialog',
      {
        class: 'dialog',
        'aria-labelledby': heading,
        onclose: () => {
          dialog.remove();
          resolve(answer);
        },
      },
      form,
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A labelled input. */
export function control({ name, label, kind = 'text', options = [], required, hint, value = '', ...more }) {
  const id = freshId(name);
  const hintId = hint && freshId('hint');
  const shared = { id, name, required, 'aria-describedby': hintId, ...more };
  let input;
  if (kind === 'choice') {
    input = h(
      'select',
      shared,
      options.map((option) => {
        const [key, text] = Array.isArray(option) ? option : [option, option];
        return h('option', { value: key, selected: key === value }, text);
      }),
    );
  } else if (kind === 'long') {
    input = h('textarea', { ...shared, rows: 4 });
    input.value = value;
  } else {
    input = h('input', { ...shared, type: kind });
    input.value = value;
  }
  const row = h(
    'div',
    { class: 'field' },
    h('label', { for: id }, label),
    input,
    hint && h('p', { class: 'muted small', id: hintId }, hint),
  );
  return { row, input };
}
