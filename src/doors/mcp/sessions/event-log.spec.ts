import type { JSONRPCMessage } from '@modelcontextprotocol/server';
import { EventLog } from './event-log.js';

const note = (number: number): JSONRPCMessage => ({
  jsonrpc: '2.0',
  method: 'notifications/message',
  params: { number },
});

async function replayed(log: EventLog, after: string): Promise<unknown[]> {
  const seen: unknown[] = [];
  await log.replayEventsAfter(after, {
    send: async (_, message) => void seen.push((message as unknown as { params: { number: number } }).params.number),
  });
  return seen;
}

describe('EventLog', () => {
  it('gives again what came after an event on the same stream, and nothing of another', async () => {
    const log = new EventLog();
    const first = await log.storeEvent('a', note(1));
    await log.storeEvent('b', note(2));
    await log.storeEvent('a', note(3));
    expect(await replayed(log, first)).toEqual([3]);
    expect(await log.getStreamIdForEventId(first)).toBe('a');
  });

  it('takes a priming event for a place and no message', async () => {
    const log = new EventLog();
    const start = await log.storeEvent('a', {} as JSONRPCMessage);
    await log.storeEvent('a', note(1));
    expect(await replayed(log, start)).toEqual([1]);
  });

  it('keeps a bounded number', async () => {
    const log = new EventLog();
    const first = await log.storeEvent('a', note(0));
    for (let number = 1; number <= 1_000; number++) await log.storeEvent('a', note(number));
    const seen = await replayed(log, first);
    expect(seen.length).toBe(256);
    expect(seen.at(-1)).toBe(1_000);
  });

  it('keeps no more than a quarter of a million characters, and always the newest', async () => {
    const log = new EventLog();
    const first = await log.storeEvent('a', note(0));
    const large = (number: number): JSONRPCMessage => ({
      jsonrpc: '2.0',
      method: 'notifications/message',
      params: { number, text: 'x'.repeat(100_000) },
    });
    for (let number = 1; number <= 5; number++) await log.storeEvent('a', large(number));
    expect(await replayed(log, first)).toEqual([4, 5]);
    await log.storeEvent('a', {
      jsonrpc: '2.0',
      method: 'notifications/message',
      params: { number: 6, text: 'x'.repeat(1_000_000) },
    });
    expect(await replayed(log, first)).toEqual([6]);
  });

  it('refuses what is no event id', async () => {
    await expect(replayed(new EventLog(), 'nonsense')).rejects.toMatchObject({
      message: expect.stringContaining('Last-Event-ID'),
    });
  });
});
