import type { TaskPushNotificationConfig } from '@a2a-js/sdk';
import { RequestMalformedError } from '@a2a-js/sdk/errors';
import { Injectable } from '@nestjs/common';
import { Entity } from 'typeorm';
import { Clock, newId } from '../../../config/index.js';
import { Bool, Database, Id, Int, Json, Ref, Text, Timestamp, type Unit } from '../../../database/index.js';
import { OutboundGuard, OutboundRefusal } from '../../../outbound/index.js';
import { Outbox } from '../../../queue/index.js';
import type { A2aCall } from '../http/a2a-call.js';
import type { A2aTask } from '../tasks/a2a-task.entities.js';

/** An address that is told of a task's events, and how far it has been told. */
@Entity('a2a_push_configs')
export class A2aPushConfig {
  @Id() task_id!: string;
  /** Chosen by the client, or here. */
  @Id() config_id!: string;
  @Text() url!: string;
  @Text({ nullable: true }) token!: string | null;
  @Json({ nullable: true }) authentication!: { scheme: string; credentials: string } | null;
  /** The protocol version that it was registered in, in whose shape it is told. */
  @Ref() protocol_version!: string;
  /** New with each registration, so that a delivery promised to the one before it is not made. */
  @Ref() generation!: string;
  @Int() delivered_seq!: number;
  /** Whether a delivery is promised; there is never more than one, and the events after it wait in the log. */
  @Bool() is_pending!: boolean;
  @Text({ nullable: true }) given_up_reason!: string | null;
  @Timestamp() created_at!: string;
}

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

/** Addresses that one task tells. */
const MAX_CONFIGS = 10;
const LONGEST_ID = 200;
const LONGEST_SECRET = 4_000;

/** A configuration whose address may be called. */
export type CheckedPushConfig = Pick<
  A2aPushConfig,
  'config_id' | 'url' | 'token' | 'authentication' | 'protocol_version'
>;

/** Who is told of a task's events. */
@Injectable()
export class PushConfigs {
  constructor(
    private readonly database: Database,
    private readonly guard: OutboundGuard,
    private readonly queue: PushQueue,
    private readonly clock: Clock,
  ) {}

  /** @throws RequestMalformedError for an address that must not be called, or a secret that is no header */
  async check(
    { id, url, token, authentication }: TaskPushNotificationConfig,
    call: A2aCall,
  ): Promise<CheckedPushConfig> {
    if (id.length > LONGEST_ID) throw new RequestMalformedError(`id: must have at most ${LONGEST_ID} characters`);
    checkHeader('token', token);
    checkHeader('authentication.scheme', authentication?.scheme ?? '');
    checkHeader('authentication.credentials', authentication?.credentials ?? '');
    await this.checkAddress(url);
    return {
      config_id: id || newId('psh'),
      url,
      token: token || null,
      authentication: authentication?.scheme ? authentication : null,
      protocol_version: call.requestedVersion,
    };
  }

  /** Tells of what happens after the event `toldSeq`. */
  async save(
    unit: Unit,
    { task_id, last_seq }: A2aTask,
    config: CheckedPushConfig,
    toldSeq: number,
  ): Promise<A2aPushConfig> {
    const configs = unit.of(A2aPushConfig);
    await configs.delete({ task_id, config_id: config.config_id });
    if ((await configs.count({ task_id })) >= MAX_CONFIGS)
      throw new RequestMalformedError(`a task tells at most ${MAX_CONFIGS} addresses`);
    const saved: A2aPushConfig = {
      ...config,
      task_id,
      generation: newId('psg'),
      delivered_seq: toldSeq,
      is_pending: false,
      given_up_reason: null,
      created_at: this.clock.iso(),
    };
    await configs.insert(saved);
    if (toldSeq < last_seq) await this.queue.deliver(unit, saved, toldSeq + 1);
    return saved;
  }

  list(taskId: string): Promise<A2aPushConfig[]> {
    return this.database.of(A2aPushConfig).find({ task_id: taskId }, { order: { config_id: 'asc' } });
  }

  get(taskId: string, configId: string): Promise<A2aPushConfig | undefined> {
    return this.database.of(A2aPushConfig).get(taskId, configId);
  }

  private async checkAddress(url: string): Promise<void> {
    try {
      await this.guard.check(url);
    } catch (error) {
      if (error instanceof OutboundRefusal) throw new RequestMalformedError(`url: ${error.message}`);
      throw new RequestMalformedError('url: its name cannot be resolved now');
    }
  }
}

export function toWireConfig({
  task_id,
  config_id,
  url,
  token,
  authentication,
}: A2aPushConfig): TaskPushNotificationConfig {
  return {
    tenant: '',
    id: config_id,
    taskId: task_id,
    url,
    token: token ?? '',
    authentication: authentication ?? undefined,
  };
}

function checkHeader(field: string, value: string): void {
  if (value.length > LONGEST_SECRET)
    throw new RequestMalformedError(`${field}: must have at most ${LONGEST_SECRET} characters`);
  if (!/^[\t\x20-\x7e]*$/.test(value))
    throw new RequestMalformedError(`${field}: must hold characters that a header can carry`);
}
