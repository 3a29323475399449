import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { IN_TURN, type Unit, UnitOfWork } from '../database/index.js';
import { Job, type JobResult, type SettleMany } from '../queue/index.js';
import type { ChannelAdapter, Delivery } from './channels/channel-adapter.js';
import { ChannelRouter } from './channels/channel-router.js';
import { DeliveryRecords } from './delivery-records.js';
import { DISPATCH_TOPIC, type DispatchPayload } from './dispatch-item.js';
import { SendClaims, StillUnderWayError } from './send-claim.js';

/** Tries of one job while another process may be sending the message: with doubling waits they outlast its lease. */
const ATTEMPTS = 10;
/** Messages that are under way together: so many are in doubt when the process is cut off. */
const SENT_TOGETHER = 8;

type DispatchJob = Job<DispatchPayload>;
interface Wish {
  readonly job: DispatchJob;
  readonly adapter: ChannelAdapter;
}
type Claim = Wish & ({ readonly delivery: Delivery | null } | { readonly error: unknown });

/**
 * Sends what is due, some messages at a time. On a local channel judging, claiming and sending are one unit. On a wire
 * the claims are a unit of their own, then the wires are spoken to, then the answers are recorded; a claim without an
 * answer is what a crash leaves behind.
 */
@Injectable()
export class MessageDispatch {
  private readonly underWay = new Set<string>();

  constructor(
    private readonly uow: UnitOfWork,
    private readonly channels: ChannelRouter,
    private readonly claims: SendClaims,
    private readonly records: DeliveryRecords,
  ) {}

  @Job(DISPATCH_TOPIC, { takes: 'many', isOutside: true, most: SENT_TOGETHER, attempts: ATTEMPTS, forgetsDone: true })
  async dispatch(jobs: readonly DispatchJob[], settle: SettleMany): Promise<void> {
    const wishes = jobs.map((job) => ({ job, adapter: this.channels.adapterFor(job.payload.channel) }));
    const here = wishes.filter(({ adapter }) => adapter.isLocal);
    if (here.length > 0) {
      await settle(here.map(({ job, adapter }) => ({ job, record: (unit) => this.sendHere(unit, job, adapter) })));
    }
    await this.sendOut(
      wishes.filter(({ adapter }) => !adapter.isLocal),
      settle,
    );
  }

  private async sendHere(unit: Unit, { payload: { message_id } }: DispatchJob, adapter: ChannelAdapter): Promise<void> {
    const delivery = await this.claims.claim(unit, message_id, adapter);
    if (delivery) await this.records.record(unit, message_id, await adapter.send(delivery));
  }

  private async sendOut(wishes: readonly Wish[], settle: SettleMany): Promise<void> {
    const mine = wishes.filter(({ job: { payload } }) => !this.underWay.has(payload.message_id));
    for (const { job } of mine) this.underWay.add(job.payload.message_id);
    try {
      const error = new StillUnderWayError('this process is sending the message');
      const settled = new SettleTogether(settle);
      for (const wish of wishes) if (!mine.includes(wish)) settled.add({ job: wish.job, error });
      const claimed = mine.length > 0 ? await this.uow.run((unit) => this.claimEach(unit, mine), IN_TURN) : [];
      await Promise.all(claimed.map(async (claim) => settled.add(await this.sendOne(claim))));
      await settled.end();
    } finally {
      for (const { job } of mine) this.underWay.delete(job.payload.message_id);
    }
  }

  private async claimEach(unit: Unit, wishes: readonly Wish[]): Promise<Claim[]> {
    const claims: Claim[] = [];
    for (const wish of wishes) {
      try {
        const claim = () => this.claims.claim(unit, wish.job.payload.message_id, wish.adapter);
        claims.push({ ...wish, delivery: await unit.attempt(claim) });
      } catch (error) {
        // only this one waits; any other error is about the unit
        if (!(error instanceof StillUnderWayError)) throw error;
        claims.push({ ...wish, error });
      }
    }
    return claims;
  }

  private async sendOne(claim: Claim): Promise<JobResult> {
    const { job, adapter } = claim;
    if ('error' in claim) return { job, error: claim.error };
    if (!claim.delivery) return { job, record: () => Promise.resolve() };
    try {
      const result = await adapter.send(claim.delivery);
      return { job, record: (unit) => this.records.record(unit, job.payload.message_id, result) };
    } catch (error) {
      return { job, error };
    }
  }
}

/** What has come back from the wires is recorded at once; what comes meanwhile, together after that. */
class SettleTogether {
  private readonly results: JobResult[] = [];
  private settling: Promise<void> | undefined;

  constructor(private readonly settle: SettleMany) {}

  add(result: JobResult): void {
    this.results.push(result);
    this.settling ??= this.run();
    this.settling.catch(() => undefined);
  }

  async end(): Promise<void> {
    await this.settling;
  }

  private async run(): Promise<void> {
    // those that come in the same turn belong together
    await nextTurn();
    while (this.results.length > 0) await this.settle(this.results.splice(0));
    this.settling = undefined;
  }
}
