import type { TaskPushNotificationConfig } from '@a2a-js/sdk';
import { RequestMalformedError } from '@a2a-js/sdk/errors';
import { Injectable } from '@nestjs/common';
import { Clock, newId } from '../../../config/index.js';
import { Database, type Unit } from '../../../database/index.js';
import { OutboundGuard, OutboundRefusal } from '../../../outbound/index.js';
import type { A2aCall } from '../http/a2a-call.js';
import type { A2aTask } from '../tasks/a2a-task.entity.js';
import { A2aPushConfig } from './a2a-push-config.entity.js';
import { PushQueue } from './push-queue.js';

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
