import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/index.js';
import { Job, type Settle } from '../queue/index.js';
import { ChannelRouter } from './channels/channel-router.js';
import { DeliveryRecords } from './delivery-records.js';
import { DISPATCH_TOPIC, type DispatchPayload } from './dispatch-item.js';
import { SendClaims, StillUnderWayError } from './send-claim.js';

/** Tries of one job while another process may be sending the message: with doubling waits they outlast its lease. */
const ATTEMPTS = 10;

/**
 * Sends what is due. On a local channel judging, claiming and sending are one unit. On a wire the claim is a unit of
 * its own, then the wire is spoken to, then the answer is recorded; a claim without an answer is what a crash leaves
 * behind.
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

  @Job(DISPATCH_TOPIC, { isOutside: true, attempts: ATTEMPTS })
  async dispatch({ payload: { message_id, channel } }: Job<DispatchPayload>, settle: Settle): Promise<void> {
    const adapter = this.channels.adapterFor(channel);
    if (adapter.isLocal) {
      return settle(async (unit) => {
        const delivery = await this.claims.claim(unit, message_id, adapter);
        if (delivery) await this.records.record(unit, message_id, await adapter.send(delivery));
      });
    }
    if (this.underWay.has(message_id)) throw new StillUnderWayError('this process is sending the message');
    this.underWay.add(message_id);
    try {
      const delivery = await this.uow.run((unit) => this.claims.claim(unit, message_id, adapter));
      if (!delivery) return await settle(() => Promise.resolve());
      const result = await adapter.send(delivery);
      await settle((unit) => this.records.record(unit, message_id, result));
    } finally {
      this.underWay.delete(message_id);
    }
  }
}
