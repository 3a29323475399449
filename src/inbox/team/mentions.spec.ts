import { mentionsIn } from './mentions.js';

const people = [
  { user_id: 'usr_1', email: 'ada@herald.example' },
  { user_id: 'usr_2', email: 'bob@herald.example' },
  { user_id: 'usr_3', email: 'bob@other.example' },
];

describe('mentionsIn', () => {
  it.each([
    ['@ada please look, and @ada again.', ['usr_1']],
    ['Ask @bob@other.example.', ['usr_3']],
    ['@usr_2: yours', ['usr_2']],
    ['@bob could be two', []],
    ['write to ada@herald.example', []],
    ['nobody @nobody', []],
  ])('finds in "%s" %j', (text, users) => {
    expect(mentionsIn(text, people)).toEqual(users);
  });
});
