import { checkWords, type WordsProblem } from './check-words.js';
import { asData } from './as-data.js';

it.each<[string, WordsProblem[]]>([
  ['We saved teams 27% on CPL. Book Demo: https://go.example.com/CMP0001/VAR00001', []],
  ['Call it 2,000 leads a quarter, e.g. in Q3.', []],
  ['http://localhost:3000/go is fine on a test machine', []],
  ['', ['empty']],
  ['x'.repeat(400), ['too_long']],
  ['Hello {{ name }}', ['placeholder']],
  ['Hello [First Name]', ['placeholder']],
  ['Hello <name>', ['placeholder']],
  ['See http://go.example.com/a', ['foreign_link']],
  ['See https://go.example.com.evil.org', ['foreign_link']],
  ['See https://go.example.com@evil.org', ['foreign_link']],
  ['See evil.com/x', ['foreign_link']],
  ['See javascript:alert(1)', ['foreign_link']],
  ['Write to boss@evil.org', ['foreign_recipient']],
  ['Ring +1 (906) 579-4559', ['foreign_recipient']],
  ['Nice\u202etxt.exe', ['control_characters']],
])('judges "%s"', (body, problems) => {
  expect(checkWords({ subject: null, body }, 'SMS', ['go.example.com', 'localhost'])).toEqual(problems);
});

it.each([
  [null, ['subject']],
  ['', ['subject']],
  ['two\nlines', ['subject']],
  ['A short idea', []],
])('judges the subject %j of an email', (subject, problems) => {
  expect(checkWords({ subject, body: 'Hello' }, 'Email', [])).toEqual(problems);
});

it.each([
  ['Acme Co.', 'Acme Co.'],
  ['Acme http://evil.example {{ x }}', 'Acme x'],
  ['a\nb\u202ec', 'a b c'],
  ['<b>bold</b>', 'b bold /b'],
  [undefined, ''],
  [42, '42'],
])('makes %j harmless', (text, expected) => {
  expect(asData(text)).toBe(expected);
});

it('shortens long text', () => {
  expect(asData('word '.repeat(100)).length).toBeLessThanOrEqual(80);
});
