/** Guessed first by whoever guesses, of those that are long enough to pass the length rule; lower-case, letters and digits only. */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set([
  '123456789012', '1234567890123', '12345678901234', '123456789123', '123123123123', '111222333444', '112233445566', '121212121212',
  '987654321012', '098765432109', '0987654321098', 'abcdefghijkl', 'abcdefghijklm', 'abcdef123456', 'abcd12345678', 'abc123abc123',
  'abcabcabcabc', 'asdfasdfasdf', 'asdfghjkl123', 'asdfghjklqwe', 'zxcvbnm12345', 'qwertyuiop12', 'qwertyuiop123', 'qwertyuiopas',
  'qwertyuiop123456', 'qwerty123456', 'qwerty1234567', 'qwerty12345678', 'qwertyqwerty', 'qwerty123qwerty', '1q2w3e4r5t6y',
  '1qaz2wsx3edc', '1q2w3e4r5t6y7u', 'q1w2e3r4t5y6', 'qazwsxedcrfv', 'zaq12wsxcde3', 'password1234', 'password12345', 'password123456',
  'passwordpassword', 'password2024', 'password2025', 'password2026', 'passw0rd1234', 'p4ssw0rd1234', 'mypassword12', 'mypassword123',
  'changeme1234', 'changeme12345', 'changemenow1', 'changemeplease', 'letmein12345', 'letmein123456', 'letmeinletmein', 'welcome12345',
  'welcome123456', 'welcomewelcome', 'administrator', 'administrator1', 'administrator123', 'admin1234567', 'admin12345678',
  'adminadminadmin', 'adminpassword', 'admin123admin123', 'rootrootroot', 'superuser123', 'supersecret1', 'supersecret123',
  'secretsecret', 'secret123456', 'iloveyou1234', 'iloveyou12345', 'iloveyouiloveyou', 'sunshine1234', 'princess1234', 'football1234',
  'baseball1234', 'dragon123456', 'monkey123456', 'master123456', 'trustno1trustno1', 'whatever1234', 'starwars1234', 'superman1234',
  'michael12345', 'computer1234', 'internet1234', 'marketing123', 'marketing1234', 'marketing2025', 'marketing2026', 'heraldherald',
  'herald123456', 'heraldadmin1', 'heraldpassword', 'correcthorsebatterystaple', 'thisisapassword', 'testtesttest', 'test12345678',
  'testpassword', 'testing12345', 'temporary123', 'default12345',
]);
