import { parseEmail, parsePhone } from './index.js';

describe('parseEmail', () => {
  it.each([
    ['ada@example.com', 'ada@example.com'],
    [' Ada@Example.COM \n', 'ada@example.com'],
    ['Ada <ada@example.com>', 'ada@example.com'],
    ['Okoye, Ada <ada@example.com>', 'ada@example.com'],
    ['"Okoye, Ada" <ada@example.com>', 'ada@example.com'],
    ['<ada@example.com>', 'ada@example.com'],
    ['mailto:ada@example.com?subject=Hi', 'ada@example.com'],
    ['ada@example.com,', 'ada@example.com'],
    ['ada@example.com ; ', 'ada@example.com'],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ['ada@例え。jp', 'ada@xn--r8jz45g.jp'],
    ['ada+news@example.com', 'ada+news@example.com'],
    ["o'neil@example.com", "o'neil@example.com"],
  ])('takes the address out of %j', (text, key) => {
    expect(parseEmail(text).key).toBe(key);
  });

  it.each([
    ['ada\u200b@example.com', 'holds an invisible character'],
    ['ada@exam\u00adple.com', 'holds an invisible character'],
    ['\ufeffada@example.com', 'holds an invisible character'],
    ['ada@example.com\nBcc: e@y.example', 'holds an invisible character'],
    ['ada\u202e@example.com', 'holds an invisible character'],
    ['ada', 'is not one email address'],
    ['', 'is not one email address'],
    ['ada@example.com, bob@example.com', 'is not one email address'],
    ['ada@x.example <ada@y.example>', 'is not one email address'],
    ['<<ada@example.com>>', 'is not one email address'],
    ['team: ada@example.com;', 'is not one email address'],
    ['a@b@example.com', 'is not one email address'],
    ['a..b@example.com', 'is not an email address'],
    ['ada@localhost', 'is not an email address'],
    ['ada@example.com.', 'is not an email address'],
    ['ada@ex_ample.com', 'has no domain of the internet after the @'],
    ['ada@[127.0.0.1]', 'has no domain of the internet after the @'],
    ['ada@127.0.0.1', 'has no domain of the internet after the @'],
    [`${'a'.repeat(65)}@example.com`, 'is not an email address'],
    ['ada\ud800@example.com', 'holds characters that are broken'],
    [`${'a'.repeat(400)}@example.com`, 'is longer than 320 characters'],
  ])('refuses %j', (text, refused) => {
    expect(parseEmail(text)).toEqual({ refused });
  });
});

describe('parsePhone', () => {
  it.each<[string, string | null, string]>([
    ['+49 30 123456', null, '+4930123456'],
    ['0049 30 123456', null, '+4930123456'],
    ['030 123456', 'DE', '+4930123456'],
    ['+1-202-555-0142', null, '+12025550142'],
    ['+1 (202) 555-0142 ext. 12', null, '+12025550142'],
    ['tel:+1-202-555-0142', null, '+12025550142'],
    ['+44 (0)20 7946 0000', null, '+442079460000'],
    ['202.555.0142', null, '2025550142'],
  ])('reads %j dialled in %j as %j', (text, country, key) => {
    expect(parsePhone(text, country).key).toBe(key);
  });

  it.each<[string, string | null]>([
    ['+12', null],
    ['+1234', null],
    ['12', 'DE'],
    ['555-0100', 'US'],
    ['1.2E10', null],
    ['call me', null],
    ['+49 30\u200b123456', null],
    ['ada@example.com', null],
  ])('refuses %j dialled in %j', (text, country) => {
    expect(parsePhone(text, country).refused).toEqual(expect.any(String));
  });
});
