import { Writable } from 'node:stream';
import { pino } from 'pino';
import { Settings } from '../config/index.js';
import { Log, logOptions } from './log.js';

describe('Log', () => {
  const lines: Record<string, unknown>[] = [];
  const sink = new Writable({
    write: (chunk: Buffer, _, done) => {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  const log = new Log(new Settings({}), pino(logOptions('debug'), sink));
  const logged = (fields: object, message = 'something'): Record<string, unknown> => {
    log.info(fields, message);
    return lines.at(-1)!;
  };

  it.each([
    ['at the top', { password: 'hunter2' }, { password: '[redacted]' }],
    ['one level down', { user: { email: 'ada@example.com', id: 'u1' } }, { user: { email: '[redacted]', id: 'u1' } }],
    ['two levels down', { request: { headers: { authorization: 'Bearer x' } } }, { request: { headers: { authorization: '[redacted]' } } }],
    ['in a list', { keys: [{ 'x-api-key': 'hk_1' }, 'plain'] }, { keys: [{ 'x-api-key': '[redacted]' }, 'plain'] }],
  ])('keeps secrets and addresses out %s', (_, fields, shown) => {
    expect(logged(fields)).toMatchObject(shown);
  });

  it('takes addresses and credentials out of messages and errors', () => {
    const line = logged({ error: new Error('cannot reach postgres://herald:hunter2@db/herald for ada@example.com') }, 'mail to ada@example.com failed');
    expect(line.msg).toBe('mail to [redacted] failed');
    expect(JSON.stringify(line)).not.toMatch(/hunter2|ada@example/);
  });

  it('leaves other fields, dates and nulls as they are', () => {
    const fields = { request_id: 'req_1', at: new Date(0), nothing: null, count: 3 };
    expect(logged(fields)).toMatchObject({ request_id: 'req_1', at: '1970-01-01T00:00:00.000Z', nothing: null, count: 3 });
    expect(fields.count).toBe(3);
  });
});
