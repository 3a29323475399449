import { setImmediate as turn } from 'node:timers/promises';
import { Turnstile } from './turnstile.js';

describe('Turnstile', () => {
  it('runs two at once, lets three wait in order, and turns the sixth away', async () => {
    const turnstile = new Turnstile(2, 3, () => new Error('full'));
    const started: number[] = [];
    let most = 0;
    let running = 0;
    const work = (number: number) => async () => {
      started.push(number);
      most = Math.max(most, ++running);
      await turn();
      running--;
      if (number === 1) throw new Error('broken');
      return number;
    };
    const answers = await Promise.allSettled([0, 1, 2, 3, 4, 5].map((number) => turnstile.pass(work(number))));
    const outcomes = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : answer.reason.message));
    expect(outcomes).toEqual([0, 'broken', 2, 3, 4, 'full']);
    expect({ started, most }).toEqual({ started: [0, 1, 2, 3, 4], most: 2 });
    expect(await turnstile.pass(work(6))).toBe(6);
  });
});
