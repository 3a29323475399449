import { passwordWeakness } from './password-policy.js';

describe('passwordWeakness', () => {
  it.each([
    ['three quiet words', undefined],
    ['пароль из слов', undefined],
    ['short-one', 'must have at least 12 characters'],
    ['x'.repeat(201), 'must have at most 200 characters'],
    ['Ana.Long@Example.com', 'must not be the email address'],
    ['abababababababab', 'must not repeat the same few characters'],
    ['Password-1234!', 'is one of the most common passwords'],
    ['1q2w3e4r5t6y', 'is one of the most common passwords'],
  ])('judges "%s"', (password, weakness) => {
    expect(passwordWeakness(password, 'ana.long@example.com')).toBe(weakness);
  });
});
