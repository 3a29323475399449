import { HealthRegistry } from './health.js';

describe('health', () => {
  it('is up when every part is', async () => {
    const health = new HealthRegistry();
    health.register('database', async () => undefined);
    expect(await health.report()).toEqual({
      status: 'up',
      checks: { database: { status: 'up', duration_ms: expect.any(Number) } },
    });
  });

  it('names what is down and why', async () => {
    const health = new HealthRegistry();
    health.register('database', async () => undefined);
    health.register('queue', () => Promise.reject(new Error('the queue is closed')));
    expect(await health.report()).toMatchObject({
      status: 'down',
      checks: { database: { status: 'up' }, queue: { status: 'down', reason: 'the queue is closed' } },
    });
  });

  it('does not wait for ever', async () => {
    jest.useFakeTimers();
    try {
      const health = new HealthRegistry();
      health.register('queue', () => new Promise(() => undefined));
      const report = health.report();
      await jest.advanceTimersByTimeAsync(2_000);
      expect((await report).checks.queue).toMatchObject({ status: 'down', reason: 'no answer within 2000 ms' });
    } finally {
      jest.useRealTimers();
    }
  });
});
