import { CHANNEL, type Channel } from '../vocabulary/index.js';

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

/** The form posts to the address it was read from. */
export const formPage = (channel: Channel): string =>
  page(
    'Unsubscribe',
    `<p>Do you want to stop getting ${CHANNEL[channel].messages} from us?</p>
<form method="post">
<input type="hidden" name="List-Unsubscribe" value="One-Click">
<button type="submit">Unsubscribe</button>
</form>`,
  );

export const DONE_PAGE = page('You are unsubscribed', '<p>We will not write to you there again.</p>');

export const UNKNOWN_PAGE = page(
  'This link does not work',
  '<p>It is incomplete or was changed. Please copy it whole.</p>',
);
