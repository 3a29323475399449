import { JobHandlers } from './job-handlers.js';

const run = async (): Promise<void> => undefined;

describe('JobHandlers', () => {
  it('fills in what a handler leaves open', () => {
    const handlers = new JobHandlers();
    handlers.register('lead.triage', { run, attempts: 9, backoffMs: undefined });
    expect(handlers.get('lead.triage')).toMatchObject({ attempts: 9, backoffMs: 1_000, concurrency: 4 });
    expect(handlers.topics).toEqual(['lead.triage']);
  });

  it('refuses a second handler for a topic, and a topic that a queue cannot be named after', () => {
    const handlers = new JobHandlers();
    handlers.register('lead.triage', { run });
    expect(() => handlers.register('lead.triage', { run })).toThrow(/has a handler already/);
    expect(() => handlers.register('lead:triage', { run })).toThrow(/may hold letters/);
  });

  it('keeps the methods of a handler that is an object of a class', async () => {
    class Handler {
      calls = 0;
      async run(): Promise<void> {
        this.calls++;
      }
    }
    const handler = new Handler();
    const handlers = new JobHandlers();
    handlers.register('work', handler);
    const registered = handlers.get('work')!;
    if ('run' in registered) await registered.run({} as never, {} as never);
    expect(handler.calls).toBe(1);
  });
});
