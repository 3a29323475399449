import { StreamResponse, Task } from '@a2a-js/sdk';
import { V03PushNotificationSerializer } from '@a2a-js/sdk/compat/v0_3/server';
import { type PushNotificationSerializer, V1PushNotificationSerializer } from '@a2a-js/sdk/server';
import { Injectable } from '@nestjs/common';
import { Database, type Unit } from '../../../database/index.js';
import { OutboundGuard, OutboundRefusal, postPinned } from '../../../outbound/index.js';
import { Job, type Settle } from '../../../queue/index.js';
import { Log, Metrics } from '../../../telemetry/index.js';
import { A2aTask, A2aTaskEvent } from '../tasks/a2a-task.entities.js';
import { A2aPushConfig, PUSH_TOPIC, type PushJob, PushQueue } from './push-configs.js';

/** With the doubling back-off from one second: about four minutes of patience. */
const ATTEMPTS = 9;
const TIMEOUT_MS = 10_000;
/**
 * An address that let one delivery wait for nothing is not waited for again so soon, lest it takes every place from
 * the others.
 */
const REST_MS = 30_000;
const MOST_RESTING = 1_000;
const MAX_ANSWER_BYTES = 4_096;
/** The receiver has said that it will never take it. */
const FOR_GOOD: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 410, 413, 415, 422]);
const TOKEN_HEADER = 'X-A2A-Notification-Token';

/** Not to be tried again: what the address, or the receiver, is. */
class GivenUp extends Error {}

/** Tells one address of one event; its next event is promised when this one has arrived. */
@Injectable()
export class PushDelivery {
  private readonly serializers: Readonly<Record<string, PushNotificationSerializer>> = {
    '1.0': new V1PushNotificationSerializer(),
    '0.3': new V03PushNotificationSerializer(),
  };
  /** Addresses that did not answer in time, and until when they are left alone, by the clock that only goes up. */
  private readonly resting = new Map<string, number>();
  private readonly outcomes;

  constructor(
    private readonly database: Database,
    private readonly guard: OutboundGuard,
    private readonly queue: PushQueue,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.outcomes = metrics.counter('herald_a2a_pushes_total', 'Push notifications of A2A tasks', ['outcome']);
  }

  @Job(PUSH_TOPIC, { isOutside: true, concurrency: 8, attempts: ATTEMPTS })
  async deliver({ payload, attempt }: Job<PushJob>, settle: Settle): Promise<void> {
    const config = await this.database.of(A2aPushConfig).get(payload.task_id, payload.config_id);
    // deleted, or registered anew, since the delivery was promised
    if (config?.generation !== payload.generation) return settle(async () => undefined);
    try {
      await this.post(config, payload.seq);
    } catch (error) {
      const isLast = error instanceof GivenUp || attempt >= ATTEMPTS;
      this.outcomes.inc({ outcome: isLast ? 'given_up' : 'failed' });
      if (!isLast) throw error;
      this.log.warn({ error, task_id: config.task_id, config_id: config.config_id }, 'a push address was given up');
      return settle((unit) => this.giveUp(unit, payload, (error as Error).message));
    }
    this.outcomes.inc({ outcome: 'delivered' });
    await settle((unit) => this.goOn(unit, payload));
  }

  private async post(config: A2aPushConfig, seq: number): Promise<void> {
    const { task_id, url, token, authentication, protocol_version } = config;
    const [event] = await this.database.of(A2aTaskEvent).find({ task_id, seq }, { limit: 1 });
    const row = await this.database.of(A2aTask).get(task_id);
    if (!event || !row) throw new GivenUp('the task is gone');
    const serializer = this.serializers[protocol_version] ?? this.serializers['1.0']!;
    const { body, contentType } = serializer.serialize(StreamResponse.fromJSON(event.event), Task.fromJSON(row.task));
    const target = await this.guard.check(url).catch((error: unknown) => {
      throw error instanceof OutboundRefusal ? new GivenUp(`the address ${error.message}`) : error;
    });
    const headers = {
      'Content-Type': contentType,
      'User-Agent': 'Herald-A2A/1.0',
      ...(token !== null && { [TOKEN_HEADER]: token }),
      ...(authentication && { Authorization: `${authentication.scheme} ${authentication.credentials}` }),
    };
    const receiver = `${target.addresses[0]!.address} ${target.url.port}`;
    if ((this.resting.get(receiver) ?? 0) > performance.now())
      throw new Error('the address let another delivery wait for nothing a moment ago');
    const { status } = await postPinned(target, {
      headers,
      body,
      timeoutMs: TIMEOUT_MS,
      maxAnswerBytes: MAX_ANSWER_BYTES,
    }).catch((error: unknown) => {
      if (isTimeout(error)) this.rest(receiver);
      throw error;
    });
    if (status >= 200 && status < 300) return;
    const reason = `the address answered ${status}${status >= 300 && status < 400 ? ', and redirects are not followed' : ''}`;
    throw FOR_GOOD.has(status) || (status >= 300 && status < 400) ? new GivenUp(reason) : new Error(reason);
  }

  private rest(receiver: string): void {
    if (this.resting.size >= MOST_RESTING) this.resting.clear();
    this.resting.set(receiver, performance.now() + REST_MS);
  }

  private async goOn(unit: Unit, { task_id, config_id, generation, seq }: PushJob): Promise<void> {
    const configs = unit.of(A2aPushConfig);
    const [config] = await configs.find({ task_id, config_id, generation }, { limit: 1, lock: true });
    if (!config) return;
    await configs.update({ task_id, config_id }, { delivered_seq: seq, is_pending: false });
    const [next] = await unit.of(A2aTaskEvent).find({ task_id, seq: seq + 1 }, { limit: 1 });
    if (next) await this.queue.deliver(unit, config, next.seq);
  }

  private async giveUp(unit: Unit, { task_id, config_id, generation }: PushJob, reason: string): Promise<void> {
    await unit
      .of(A2aPushConfig)
      .update({ task_id, config_id, generation }, { is_pending: false, given_up_reason: reason });
  }
}

/** The abort of the whole exchange, as node's sockets word it. */
function isTimeout(error: unknown): boolean {
  const { name } = error as Error;
  return name === 'AbortError' || name === 'TimeoutError';
}
