import { signIn } from '../lib/api.js';
import { fill, h } from '../lib/dom.js';
import { control } from '../parts/ask.js';

export function signInView({ logo, message, onSignedIn }) {
  const email = control({ name: 'email', label: 'Email', kind: 'email', required: true, autocomplete: 'username' });
  const password = control({
    name: 'password',
    label: 'Password',
    kind: 'password',
    required: true,
    autocomplete: 'current-password',
  });
  const trouble = h('div', { role: 'alert' });
  const button = h('button', { class: 'button primary', type: 'submit' }, 'Sign in');
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    fill(trouble);
    try {
      await signIn(email.input.value.trim(), password.input.value);
      onSignedIn();
    } catch (error) {
      fill(trouble, h('p', { class: 'form-error' }, error.message));
      password.input.select();
    } finally {
      button.disabled = false;
    }
  };
  return h(
    'main',
    { class: 'sign-in', id: 'main', tabindex: '-1' },
    h(
      'div',
      { class: 'sign-in-card' },
      h('h1', { class: 'brand' }, h('img', { src: logo, alt: '' }), 'Herald'),
      message && h('p', { class: 'muted' }, message),
      h('form', { onsubmit: submit }, email.row, password.row, trouble, button),
      h(
        'p',
        { class: 'muted small' },
        'The first start prints the administrator’s address and where the password is kept. The API is documented at ',
        h('a', { href: '/docs' }, '/docs'),
        '.',
      ),
    ),
  );
}
