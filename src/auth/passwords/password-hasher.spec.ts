import { setImmediate as turn } from 'node:timers/promises';
import { PasswordHasher, WaitingLine } from './password-hasher.js';

describe('PasswordHasher', () => {
  const hasher = new PasswordHasher();

  it('makes Argon2id hashes with its own salt each, and knows the password again', async () => {
    const [one, two] = await Promise.all([hasher.hash('three quiet words'), hasher.hash('three quiet words')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
    expect(await hasher.verify(one, 'three quiet words')).toBe(true);
    expect(await hasher.verify(one, 'three quiet word')).toBe(false);
  });

  it('says no where there is no hash', async () => {
    expect(await hasher.verify(undefined, 'no account has this password')).toBe(false);
  });
});

describe('WaitingLine', () => {
  it('runs two at once, lets three wait in order, and turns the sixth away', async () => {
    const line = new WaitingLine(2, 3, () => new Error('full'));
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
    const answers = await Promise.allSettled([0, 1, 2, 3, 4, 5].map((number) => line.pass(work(number))));
    const outcomes = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : answer.reason.message));
    expect(outcomes).toEqual([0, 'broken', 2, 3, 4, 'full']);
    expect({ started, most }).toEqual({ started: [0, 1, 2, 3, 4], most: 2 });
    expect(await line.pass(work(6))).toBe(6);
  });
});
