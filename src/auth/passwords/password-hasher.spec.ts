import { PasswordHasher } from './password-hasher.js';

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
