import { once } from 'node:events';
import { eventStream, type StreamedEvent } from './event-stream.js';

async function* numbered(
  count: number,
  onGiven: (id: number) => void = () => undefined,
): AsyncGenerator<StreamedEvent> {
  for (let id = 1; id <= count; id++) {
    onGiven(id);
    yield { id: id === 1 ? undefined : id, data: { text: 'x'.repeat(1_000) } };
  }
}

describe('eventStream', () => {
  it('writes each event as one block, with its number where it has one', async () => {
    let text = '';
    for await (const chunk of eventStream(numbered(2))) text += String(chunk);
    const data = JSON.stringify({ text: 'x'.repeat(1_000) });
    expect(text).toBe(`data: ${data}\n\nid: 2\ndata: ${data}\n\n`);
  });

  it('asks for no more events than the client takes', async () => {
    let given = 0;
    const out = eventStream(numbered(10_000, (id) => (given = id)));
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(given).toBeLessThan(300);
    const before = given;
    for (let taken = 0; taken < 200; taken++) if (!out.read()) await once(out, 'readable');
    expect(given).toBeGreaterThan(before);
    out.destroy();
  });

  it('lets the events go when the client has gone', async () => {
    let isOver = false;
    const out = eventStream(
      (async function* () {
        try {
          yield* numbered(1_000_000);
        } finally {
          isOver = true;
        }
      })(),
    );
    await once(out, 'readable');
    out.destroy();
    while (!isOver) await new Promise((resolve) => setImmediate(resolve));
    expect(out.destroyed).toBe(true);
  });
});
