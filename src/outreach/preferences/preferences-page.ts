import type { PreferencesResponse } from './preferences.dto.js';

const page = (title: string, content: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;

const checkbox = (name: string, value: string, label: string, isOn: boolean): string =>
  `<p><label><input type="checkbox" name="${name}" value="${value}"${isOn ? ' checked' : ''}> ${label}</label></p>`;

/** What a person gets, and three ways to change it. The forms post to the address that the page was read from. */
export const preferencesPage = ({ channels, topics, paused_until }: PreferencesResponse): string =>
  page(
    'What may we send you?',
    `${paused_until === null ? '' : `<p>We send you nothing until ${paused_until.slice(0, 10)}, as you asked.</p>\n`}<form method="post">
<input type="hidden" name="action" value="choose">
<fieldset>
<legend>How</legend>
${channels.map(({ channel, title, open }) => checkbox('channels', channel, title, open)).join('\n')}
</fieldset>
<fieldset>
<legend>What</legend>
${topics.map(({ topic, description, open }) => checkbox('topics', topic, description, open)).join('\n')}
</fieldset>
<button type="submit">Save my choice</button>
</form>
<form method="post">
<input type="hidden" name="action" value="pause">
<p>Or send me nothing for 30 days.</p>
<button type="submit">Pause for 30 days</button>
</form>
<form method="post">
<input type="hidden" name="List-Unsubscribe" value="One-Click">
<p>Or send me nothing any more.</p>
<button type="submit">Unsubscribe</button>
</form>`,
  );

export const SAVED_PAGE = page('Your choice is saved', '<p>From now on we send you only that.</p>');

export const PAUSED_PAGE = page('Paused', '<p>We send you nothing for 30 days.</p>');

export const DONE_PAGE = page('You are unsubscribed', '<p>We will not write to you again.</p>');

export const UNKNOWN_PAGE = page(
  'This link does not work',
  '<p>It is incomplete or was changed. Please copy it whole.</p>',
);
