import { pino } from 'pino';
import { Settings } from '../config/index.js';
import { Log, logOptions, redactText } from './log.js';

let lines: string[];
let log: Log;
beforeEach(() => {
  lines = [];
  const settings = new Settings({ LOG_LEVEL: 'trace' });
  log = new Log(settings, pino(logOptions('trace'), { write: (line: string) => void lines.push(line) }));
});
const written = () => JSON.parse(lines.at(-1)!) as Record<string, unknown>;

class Row {
  constructor(
    readonly lead_id: string,
    readonly email: string,
  ) {}
}

describe('the log', () => {
  it('writes one JSON line with level, time, fields and message', () => {
    log.info({ lead_id: 'L1', count: 2, at: new Date(0), ok: true, nothing: null }, 'stored');
    expect(written()).toEqual({
      level: 'info',
      time: expect.any(String),
      lead_id: 'L1',
      count: 2,
      at: '1970-01-01T00:00:00.000Z',
      ok: true,
      nothing: null,
      msg: 'stored',
    });
  });

  it.each([
    [{ password: 'hush' }],
    [{ user: { password_hash: 'hush' } }],
    [{ headers: { Authorization: 'hush', 'X-API-Key': 'hush', 'set-cookie': 'hush' } }],
    [{ list: [{ email: 'hush' }] }],
    [{ a: { b: { c: { phone: 'hush' } } } }],
    [{ a: { b: { c: { d: { e: { f: { g: { secret: 'hush' } } } } } } } }],
    [{ accessToken: 'hush', refresh_token: 'hush', owner_email: 'hush', apiKey: 'hush' }],
    [{ message: { to: 'hush', subject: 'hush', body: 'hush' } }],
    [{ row: new Row('L1', 'hush') }],
  ])('keeps the values of secret and personal fields to itself: %j', (fields) => {
    log.warn(fields, 'x');
    expect(lines.at(-1)).not.toContain('hush');
  });

  it('keeps addresses and credentials in free text to itself, wherever the text stands', () => {
    const text = 'mail to ada.l+1@mail.example.com with Bearer abc.def-1 over postgres://herald:hush@db/x failed';
    log.error({ reason: text, deep: [{ note: text }], error: new Error(text, { cause: new Error(text) }) }, text);
    log.error(text);
    log.error(new Error(text));
    log.log(text, text);
    for (const line of lines) {
      expect(line).toContain('mail to');
      expect(line).not.toMatch(/ada|abc\.def|hush/);
    }
  });

  it('writes an error with its type, message and stack', () => {
    log.error({ error: new TypeError('broken') }, 'a request failed');
    expect(written().error).toMatchObject({
      type: 'TypeError',
      message: 'broken',
      stack: expect.stringContaining('log.spec'),
    });
    log.error({ error: 'a text' }, 'a request failed');
    expect(written().error).toBe('a text');
  });

  it('does not stumble over what refers to itself or is large', () => {
    const loop: Record<string, unknown> = {};
    loop.loop = loop;
    log.info({ loop, bytes: Buffer.alloc(100_000) }, 'x');
    expect(lines.at(-1)!.length).toBeLessThan(1_000);
  });

  it.each([
    ['nothing to hide', 'nothing to hide'],
    ['a@b', 'a@b'],
    ['a@b.co', '[redacted]'],
    ['redis://:hush@host:6379', 'redis://:[redacted]@host:6379'],
    ['bearer x.y', 'bearer [redacted]'],
  ])('turns "%s" into "%s"', (text, expected) => expect(redactText(text)).toBe(expected));
});
