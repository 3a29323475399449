import { classifySignal } from './classify-signal.js';

const SENT = '2026-01-14T11:00:00.000Z';
const PERSON = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15';

it.each([
  ['a click minutes later is a person', 'clicked', '2026-01-14T11:07:00.000Z', PERSON, true],
  ['a click within seconds is a scanner', 'clicked', '2026-01-14T11:00:02.000Z', PERSON, false],
  ['a scanner says who it is', 'clicked', '2026-01-14T11:07:00.000Z', 'Barracuda Sentinel (EE)', false],
  [
    'an image proxy opens unasked',
    'opened',
    '2026-01-14T11:07:00.000Z',
    'Mozilla/5.0 (via ggpht.com GoogleImageProxy)',
    false,
  ],
  ['an open without an agent is likely a person', 'opened', '2026-01-14T11:07:00.000Z', null, true],
  ['a reply is a person', 'replied', '2026-01-14T11:00:01.000Z', null, true],
])('%s', (_, type, at, userAgent, isHuman) => {
  const { human_probability, reason } = classifySignal({ type, at, sentAt: SENT, userAgent });
  expect(human_probability >= 0.5).toBe(isHuman);
  expect(reason).not.toBe('');
});
