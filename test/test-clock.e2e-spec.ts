import { Injectable, Module } from '@nestjs/common';
import { Clock } from '../src/config/index.js';
import { type Unit, UnitOfWork } from '../src/database/index.js';
import { ClockMover, Every, Job, NextWork, Outbox, type OutboxItem, type Settle } from '../src/queue/index.js';
import { ADMIN, type StartedApp, startApp } from './app.js';

const START = '2026-03-02T09:00:00.000Z';

interface Note {
  name: string;
}

/** Writes down at which times it worked. */
@Injectable()
class Diary {
  readonly entries: [string, string][] = [];
  private failures = 0;
  sweepDueAt: string | undefined;
  release: () => void = () => undefined;

  constructor(
    private readonly clock: Clock,
    private readonly outbox: Outbox,
  ) {}

  @Job('diary.note')
  async note({ payload: { name } }: Job<Note>, unit: Unit): Promise<void> {
    this.enter(name);
    if (name !== 'first') return;
    const availableAt = new Date(this.clock.now().getTime() + 30_500).toISOString();
    await this.outbox.add(unit, [
      { topic: 'diary.note', key: 'follow-up', payload: { name: 'follow-up' }, availableAt },
    ]);
  }

  @Job('diary.outage', { isOutside: true, backoffMs: 60_000 })
  async outage(_job: Job, settle: Settle): Promise<void> {
    this.enter('try');
    if (++this.failures < 3) throw new Error('the relay is down');
    await settle(async () => undefined);
  }

  @Job('diary.hang', { isOutside: true })
  async hang(_job: Job, settle: Settle): Promise<void> {
    await new Promise<void>((resolve) => (this.release = resolve));
    await settle(async () => undefined);
  }

  /** Has something to do which it never gets done. */
  @Every('minute')
  @Job('diary.stubborn')
  async stubborn(_job: Job, _unit: Unit): Promise<void> {
    this.enter('stubborn');
  }

  @NextWork('diary.stubborn')
  async nextStubborn(): Promise<string | undefined> {
    return '2026-03-02T09:02:30.000Z';
  }

  @Every('hour')
  @Job('diary.hour')
  async hour(_job: Job, _unit: Unit): Promise<void> {
    this.enter('hour');
  }

  @Every('minute')
  @Job('diary.sweep')
  async sweep(_job: Job, _unit: Unit): Promise<void> {
    if (this.sweepDueAt && this.sweepDueAt <= this.clock.iso()) {
      this.enter('sweep');
      this.sweepDueAt = undefined;
    }
  }

  @NextWork('diary.sweep')
  async nextSweep(): Promise<string | undefined> {
    return this.sweepDueAt;
  }

  private enter(name: string): void {
    this.entries.push([name, this.clock.iso().slice(11)]);
  }
}

@Module({ providers: [Diary] })
class DiaryModule {}

describe('a server on a test clock', () => {
  let herald: StartedApp;
  let diary: Diary;
  beforeAll(async () => {
    herald = await startApp({ env: { HERALD_TEST_CLOCK: START }, beside: [DiaryModule] });
    diary = herald.app.get(Diary);
  });
  beforeEach(() => diary.entries.splice(0));
  const entries = () => diary.entries.filter(([name]) => name !== 'stubborn');
  afterAll(() => herald.stop());

  const move = (seconds: number) => herald.call('POST', '/api/v1/test/clock', { advance_seconds: seconds });
  const now = async (): Promise<string> => (await herald.call('GET', '/api/v1/test/clock')).body.now;
  const promise = (...items: OutboxItem[]) =>
    herald.app.get(UnitOfWork).run((unit) => herald.app.get(Outbox).add(unit, items));
  const noteAt = (name: string, availableAt: string): OutboxItem => ({
    topic: 'diary.note',
    key: name,
    payload: { name },
    availableAt,
  });

  it('stands still, and says so where it is asked for its state', async () => {
    expect(await now()).toBe(START);
    expect((await herald.call('GET', '/health')).body.now).toBe(START);
    expect((await herald.call('GET', '/health/ready')).body).toMatchObject({ status: 'up', test_clock: START });
  });

  it('does what falls due on the way in the order of its time, and what follows from it', async () => {
    await promise(noteAt('second', '2026-03-02T09:20:00.000Z'), noteAt('first', '2026-03-02T09:05:07.250Z'));
    await promise(noteAt('beyond', '2026-03-02T10:00:00.001Z'));
    diary.sweepDueAt = '2026-03-02T09:10:30.000Z';
    const { status, body } = await move(3_600);
    expect(status).toBe(200);
    expect(body.now).toBe('2026-03-02T10:00:00.000Z');
    expect(body.jobs_done).toBeGreaterThanOrEqual(6);
    expect(entries()).toEqual([
      ['hour', '09:00:00.000Z'],
      ['first', '09:05:07.250Z'],
      ['follow-up', '09:05:37.750Z'],
      ['sweep', '09:11:00.000Z'],
      ['second', '09:20:00.000Z'],
      ['hour', '10:00:00.000Z'],
    ]);
    expect(diary.entries.filter(([name]) => name === 'stubborn').map(([, at]) => at.slice(0, 5))).toEqual([
      '09:00',
      '09:03',
      '10:00',
    ]);
    expect((await herald.call('GET', '/api/v1/test/clock')).body.next_due_at).toBe('2026-03-02T10:00:00.001Z');
  });

  it('tries again after the waits of the moved clock', async () => {
    await promise({ topic: 'diary.outage', key: 'outage', payload: {} });
    await move(0);
    expect(entries()).toEqual([['try', '10:00:00.000Z']]);
    await move(15 * 60);
    const tries = diary.entries.filter(([name]) => name === 'try').map(([, at]) => Date.parse(`2026-03-02T${at}`));
    expect(tries).toHaveLength(3);
    // a minute and two minutes, a quarter more or less
    expect(tries[1]! - tries[0]!).toBeGreaterThanOrEqual(45_000);
    expect(tries[2]! - tries[1]!).toBeGreaterThanOrEqual(90_000);
    expect(tries[2]! - tries[1]!).toBeLessThan(150_000);
  });

  it('moves by one call after the other', async () => {
    const before = Date.parse(await now());
    const answers = await Promise.all([move(60), move(60), move(60)]);
    const times = answers.map(({ body }) => (Date.parse(body.now) - before) / 1_000);
    expect(times.sort((a, b) => a - b)).toEqual([60, 120, 180]);
  });

  it('passes a week in seconds, and nobody is signed out by that', async () => {
    const started = performance.now();
    const { body } = await move(7 * 86_400);
    expect(entries().length).toBe(7 * 24);
    expect(performance.now() - started).toBeLessThan(60_000);
    expect(body.now.slice(0, 10)).toBe('2026-03-09');
    expect((await herald.call('GET', '/api/v1/leads')).status).toBe(200);
    expect((await herald.call('POST', '/api/v1/auth/login', ADMIN)).status).toBe(200);
  }, 90_000);

  it('gives up on a job that does not end, and stays where it was', async () => {
    const before = await now();
    await promise({ topic: 'diary.hang', key: 'hang', payload: {} });
    const moving = herald.app.get(ClockMover).advance(3_600_000, { stuckAfterMs: 200 });
    await expect(moving).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/diary\.hang are under way/),
    });
    expect(await now()).toBe(before);
    diary.release();
    expect((await move(0)).body.now).toBe(before);
  });

  it('takes seconds that are whole and not negative, from an admin', async () => {
    for (const advance_seconds of [-1, 0.5, '60', null, 1e12]) {
      const { status, body } = await herald.call('POST', '/api/v1/test/clock', { advance_seconds });
      expect(status).toBe(400);
      expect(body.errors[0].path).toBe('advance_seconds');
    }
    const { body: key } = await herald.call('POST', '/api/v1/api-keys', { name: 'a manager', role: 'manager' });
    const headers = { 'x-api-key': key.key };
    const answer = await herald.call('POST', '/api/v1/test/clock', { advance_seconds: 1 }, { token: null, headers });
    expect(answer.status).toBe(403);
  });
});

it('a server that is started again goes on from the time that the one before had come to', async () => {
  const env = { HERALD_TEST_CLOCK: START };
  const first = await startApp({ env });
  await first.call('POST', '/api/v1/test/clock', { advance_seconds: 7_200 });
  await first.app.close();
  const second = await startApp({ env, dataDir: first.dataDir });
  expect((await second.call('GET', '/api/v1/test/clock')).body.now).toBe('2026-03-02T11:00:00.000Z');
  await second.stop();
});

it('without the setting there is no such path', async () => {
  const herald = await startApp();
  expect((await herald.call('POST', '/api/v1/test/clock', { advance_seconds: 60 })).status).toBe(404);
  expect((await herald.call('GET', '/api/v1/test/clock')).status).toBe(404);
  const { body } = await herald.call('GET', '/openapi.json');
  expect(Object.keys(body.paths).filter((path) => path.includes('test'))).toEqual([]);
  expect((await herald.call('GET', '/health/ready')).body).not.toHaveProperty('test_clock');
  await herald.stop();
});
