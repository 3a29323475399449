import { Injectable, Module, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { MarkedMethodsModule } from '../discovery/index.js';
import type { Unit } from '../database/index.js';
import { JobHandlers } from './job-handlers.js';
import { Every, Job, type Settle, type SettleMany } from './job.js';

const run = async (): Promise<void> => undefined;

@Injectable()
class Mailer {
  readonly sent: string[] = [];

  @Job('mail.send', { isOutside: true, attempts: 9 })
  async send({ key }: Job, _settle: Settle): Promise<void> {
    this.sent.push(key);
  }

  @Job('mail.send-many', { isOutside: true, takes: 'many', most: 3 })
  async sendMany(_jobs: readonly Job[], _settle: SettleMany): Promise<void> {}

  @Job('mail.count', { takes: 'many' })
  async count(_jobs: readonly Job[], _unit: Unit): Promise<void> {}

  @Every('hour')
  @Job('mail.tidy', { concurrency: 1 })
  protected async tidy(_job: Job, _unit: Unit): Promise<void> {}
}

@Injectable()
class SecondMailer {
  @Job('mail.count')
  async count(_job: Job, _unit: Unit): Promise<void> {}
}

@Injectable()
class Idler {
  @Every('minute')
  async idle(): Promise<void> {}
}

async function handlersOf(...providers: Type[]): Promise<{ handlers: JobHandlers; get: <T>(type: Type<T>) => T }> {
  @Module({ providers })
  class Sender {}
  const imports = [MarkedMethodsModule, Sender];
  const module = await Test.createTestingModule({ imports, providers: [JobHandlers] }).compile();
  await module.init();
  return { handlers: module.get(JobHandlers), get: (type) => module.get(type, { strict: false }) };
}

describe('JobHandlers', () => {
  it('finds the methods that say what they work on, in whatever module, and fills in what they leave open', async () => {
    const { handlers, get } = await handlersOf(Mailer);
    expect(handlers.topics.sort()).toEqual(['mail.count', 'mail.send', 'mail.send-many', 'mail.tidy']);
    expect(handlers.get('mail.send')).toMatchObject({ attempts: 9, backoffMs: 1_000, concurrency: 4, most: 1 });
    expect(handlers.get('mail.count')).toMatchObject({ most: 50, runMany: expect.any(Function) });
    expect(handlers.get('mail.send-many')).toMatchObject({ most: 3, runManyOutside: expect.any(Function) });
    expect(handlers.get('mail.tidy')).toMatchObject({ concurrency: 1, run: expect.any(Function) });
    const send = handlers.get('mail.send')!;
    if ('runOutside' in send) await send.runOutside({ key: 'letter' } as Job<never>, async () => undefined);
    expect(get(Mailer).sent).toEqual(['letter']);
  });

  it('knows which of them the clock promises', async () => {
    const { handlers } = await handlersOf(Mailer);
    expect([...handlers.scheduled]).toEqual([['mail.tidy', { period: 'hour' }]]);
  });

  it('does not start with two handlers for one topic', async () => {
    await expect(handlersOf(Mailer, SecondMailer)).rejects.toThrow('the topic "mail.count" has a handler already');
  });

  it('does not start with a period for what is no job', async () => {
    await expect(handlersOf(Idler)).rejects.toThrow('"idle" has @Every but no @Job');
  });

  it('refuses a topic that a queue cannot be named after', async () => {
    const { handlers } = await handlersOf();
    expect(() => handlers.register('lead:triage', { run })).toThrow(/may hold letters/);
  });
});
