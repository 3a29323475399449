import { Settings, SettingsError } from './settings.js';

describe('settings', () => {
  it('run on their own without any environment', () => {
    const settings = new Settings({});
    expect(settings).toMatchObject({
      port: 3000,
      role: 'all',
      isDemo: true,
      databaseUrl: undefined,
      redisUrl: undefined,
      logLevel: 'info',
      autoTriage: false,
    });
    expect(settings.sqliteFile.endsWith('/data/herald.sqlite')).toBe(true);
  });

  it('take empty and blank values for none', () => {
    expect(new Settings({ PORT: ' ', DATABASE_URL: '', HERALD_DEMO: ' 0 ' })).toMatchObject({
      port: 3000,
      databaseUrl: undefined,
      isDemo: false,
    });
  });

  it.each<[NodeJS.ProcessEnv, RegExp]>([
    [{ PORT: '70000' }, /^PORT must be a whole number from 0 to 65535, got "70000"$/],
    [{ PORT: 'web' }, /^PORT /],
    [{ PORT: '3000\n4000' }, /^PORT /],
    [{ HERALD_ROLE: 'boss' }, /^HERALD_ROLE must be one of all, api, worker, got "boss"$/],
    [{ HERALD_DEMO: 'maybe' }, /^HERALD_DEMO must be 0 or 1/],
    [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL /],
    [{ HERALD_RATE_LIMIT: '-1' }, /^HERALD_RATE_LIMIT /],
    [
      { DATABASE_URL: 'mysql://root:hush@db/x' },
      /^DATABASE_URL must be an address that starts with postgres:\/\/ or postgresql:\/\/$/,
    ],
    [{ DATABASE_URL: 'hush' }, /^DATABASE_URL /],
    [{ REDIS_URL: 'redis://:hush@cache' }, /^REDIS_URL is set but DATABASE_URL is not/],
    [{ HERALD_TEST_CLOCK: 'yesterday' }, /^HERALD_TEST_CLOCK must be a time such as .*, got "yesterday"$/],
    [{ HERALD_TEST_CLOCK: '2026-03-02T09:00:00' }, /^HERALD_TEST_CLOCK must be a time such as 2026-03-02T09:00:00Z/],
    [
      { HERALD_TEST_CLOCK: '2026-03-02T09:00:00Z', HERALD_ROLE: 'api', DATABASE_URL: 'postgres://db/x' },
      /^HERALD_TEST_CLOCK goes with HERALD_ROLE=all only/,
    ],
    [{ HERALD_ROLE: 'worker' }, /^HERALD_ROLE=worker needs DATABASE_URL/],
    [{ HERALD_WEBHOOK_URL: 'https://x.example' }, /^HERALD_WEBHOOK_URL is set but HERALD_WEBHOOK_SECRET is not/],
    [{ HERALD_JWT_SECRET: 'hush' }, /^HERALD_JWT_SECRET must have at least 32 characters$/],
    [{ HERALD_ADMIN_EMAIL: 'boss' }, /^HERALD_ADMIN_EMAIL /],
  ])('say in one line what is wrong with %j, and no secret', (environment, expected) => {
    const error = failure(() => new Settings(environment));
    expect(error).toBeInstanceOf(SettingsError);
    expect(error.message).toMatch(expected);
    expect(error.message).not.toMatch(/\n|hush/);
  });
});

function failure(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was refused');
}
