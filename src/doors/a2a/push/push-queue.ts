import { Injectable } from '@nestjs/common';
import type { Unit } from '../../../database/index.js';
import { Outbox } from '../../../queue/index.js';
import { A2aPushConfig } from './a2a-push-config.entity.js';

export const PUSH_TOPIC = 'a2a.push';

export interface PushJob {
  readonly task_id: string;
  readonly config_id: string;
  readonly generation: string;
  readonly seq: number;
}

/**
 * Promises deliveries. Each address has at most one open: the events after it wait in the task's log, so that they
 * arrive in their order and a dead address holds up neither the queue nor its neighbours.
 */
@Injectable()
export class PushQueue {
  constructor(private readonly outbox: Outbox) {}

  /** Has everybody who wants to know told of the event. */
  async promise(unit: Unit, taskId: string, seq: number): Promise<void> {
    // all of them are locked, so that a delivery that is being settled is waited for and its word on what is open is
    // the last
    const configs = await unit.of(A2aPushConfig).find({ task_id: taskId, given_up_reason: null }, { lock: true });
    for (const config of configs) if (!config.is_pending) await this.deliver(unit, config, seq);
  }

  /** Promises one delivery to one address. */
  async deliver(unit: Unit, { task_id, config_id, generation }: A2aPushConfig, seq: number): Promise<void> {
    const payload: PushJob = { task_id, config_id, generation, seq };
    await unit.of(A2aPushConfig).update({ task_id, config_id }, { is_pending: true });
    await this.outbox.add(unit, [{ topic: PUSH_TOPIC, key: `a2a.push:${generation}:${seq}`, payload }]);
  }
}
