import { createHash } from 'node:crypto';
import { Message, Role, type SendMessageRequest, TaskState } from '@a2a-js/sdk';
import {
  ContentTypeNotSupportedError,
  RequestMalformedError,
  TaskNotFoundError,
  UnsupportedOperationError,
} from '@a2a-js/sdk/errors';
import { Injectable } from '@nestjs/common';
import { Clock, newId } from '../../../config/index.js';
import { type Unit, UnitOfWork } from '../../../database/index.js';
import { AppError, type FieldError } from '../../../errors/index.js';
import { type RegisteredOperation, validateRequest } from '../../../operations/index.js';
import { Outbox } from '../../../queue/index.js';
import type { Agent } from '../agents/agents.js';
import { readMessage, type Wish } from '../agents/read-message.js';
import { SkillCatalog } from '../agents/skill-catalog.js';
import type { A2aCall } from '../http/a2a-call.js';
import { PushConfigs } from '../push/push-configs.js';
import { A2aMessage, A2aTask, type StoredCaller } from './a2a-task.entities.js';
import { dataPart, type TaskChange, TaskLog, textPart } from './task-log.js';
import { INPUT_REQUIRED, isTerminal, RUN_TOPIC, runKey } from './task-states.js';

/** What of ours a client can read. */
const READABLE_MODE = /^(application\/json|text\/plain|application\/\*|text\/\*|\*\/\*|json|text|data)\b/i;
/** Longest ids that clients may choose. */
const LONGEST_ID = 200;
/** Messages that one task takes. */
const MAX_TURNS = 100;

/** Takes a message: makes or continues a task in one unit, together with the promise to carry it out. */
@Injectable()
export class TaskIntake {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly log: TaskLog,
    private readonly catalog: SkillCatalog,
    private readonly outbox: Outbox,
    private readonly pushConfigs: PushConfigs,
    private readonly clock: Clock,
  ) {}

  /** @returns the task after the message; for a message that was taken before, the task that it made then */
  async take(agent: Agent, { message, configuration }: SendMessageRequest, call: A2aCall): Promise<A2aTask> {
    if (!message) throw new RequestMalformedError('message: is required');
    checkMessage(message);
    checkOutputModes(configuration?.acceptedOutputModes ?? []);
    const wish = readMessage(message, agent);
    const pushTo = configuration?.taskPushNotificationConfig;
    const pushConfig = pushTo && (await this.pushConfigs.check(pushTo, call));
    return this.uow.run(async (unit) => {
      const taskId = message.taskId || newId('tsk');
      const known = await this.claim(unit, agent, message, taskId, call);
      if (known) return known;
      if (message.taskId) {
        const task = await this.goOn(unit, agent, message, wish, call);
        if (pushConfig) await this.pushConfigs.save(unit, task, pushConfig, task.last_seq);
        return task;
      }
      const task = await this.begin(unit, agent, { ...message, taskId }, wish, call);
      if (pushConfig) await this.pushConfigs.save(unit, task, pushConfig, 0);
      return task;
    });
  }

  /** Notes the message as taken. @returns the task that it was taken for before, where it was */
  private async claim(
    unit: Unit,
    agent: Agent,
    message: Message,
    taskId: string,
    { principal }: A2aCall,
  ): Promise<A2aTask | undefined> {
    const id = { owner_id: principal.id, agent: agent.slug, message_id: message.messageId };
    const messages = unit.of(A2aMessage);
    const isNew = await messages.insertNew({
      ...id,
      message_hash: hashOf(message),
      task_id: taskId,
      created_at: this.clock.iso(),
    });
    if (isNew === 1) return undefined;
    const [taken] = await messages.find(id);
    if (taken?.message_hash !== hashOf(message))
      throw new RequestMalformedError('message.messageId: was used for a different message; use a new id');
    return this.log.lock(unit, taken.task_id);
  }

  private async begin(unit: Unit, agent: Agent, message: Message, wish: Wish, call: A2aCall): Promise<A2aTask> {
    const skill = wish.skill ?? agent.skills[0]!.operation;
    const operation = this.operationFor(agent, skill, call);
    const context_id = message.contextId || newId('ctx');
    const row = {
      task_id: message.taskId,
      agent: agent.slug,
      owner_id: call.principal.id,
      caller: toStoredCaller(call),
      context_id,
      turn: 1,
      skill,
      input: wish.input,
      approval_id: null,
    };
    const task = await this.log.open(unit, row, { ...message, contextId: context_id });
    return this.runOrAsk(unit, task, operation);
  }

  /**
   * A follow-up can fill what is missing. It cannot change the operation, and it is no answer to what a person must
   * decide.
   */
  private async goOn(unit: Unit, agent: Agent, message: Message, wish: Wish, call: A2aCall): Promise<A2aTask> {
    const task = await this.log.lock(unit, message.taskId);
    if (task?.owner_id !== call.principal.id || task.agent !== agent.slug)
      throw new TaskNotFoundError(`Task not found: ${message.taskId}`);
    if (message.contextId && message.contextId !== task.context_id)
      throw new RequestMalformedError('message.contextId: is not the context of this task');
    if (isTerminal(task.state))
      throw new UnsupportedOperationError('this task has ended and takes no more messages; start a new one');
    if (task.state !== INPUT_REQUIRED)
      throw new UnsupportedOperationError('this task is being worked on; send again when it asks for something');
    if (wish.skill !== undefined && wish.skill !== task.skill)
      throw new RequestMalformedError(`skill: this task is about "${task.skill}"; start a new one`);
    if (task.turn >= MAX_TURNS)
      throw new UnsupportedOperationError(`a task takes at most ${MAX_TURNS} messages; start a new one`);
    const heard = { ...message, contextId: task.context_id };
    if (task.approval_id !== null) return this.log.append(unit, task, [], { heard, turn: task.turn + 1 });
    const patch = { heard, turn: task.turn + 1, input: { ...task.input, ...wish.input }, caller: toStoredCaller(call) };
    const next = await this.log.append(unit, task, [], patch);
    return this.runOrAsk(unit, next, this.operationFor(agent, task.skill, call));
  }

  private async runOrAsk(unit: Unit, task: A2aTask, operation: RegisteredOperation): Promise<A2aTask> {
    const errors = whatIsWrong(operation, task.input);
    if (errors.length > 0)
      return this.log.append(unit, task, [asking(operation, errors, this.catalog.schemaFor(operation))]);
    const payload = { task_id: task.task_id, turn: task.turn };
    await this.outbox.add(unit, [{ topic: RUN_TOPIC, key: runKey(payload), payload }]);
    return task.state === INPUT_REQUIRED
      ? this.log.append(unit, task, [{ state: TaskState.TASK_STATE_SUBMITTED }])
      : task;
  }

  private operationFor(agent: Agent, skill: string, { principal }: A2aCall): RegisteredOperation {
    const operation = this.catalog.find(agent, skill, principal);
    if (operation) return operation;
    const offered = agent.skills.map(({ operation: name }) => name).join(', ');
    throw new RequestMalformedError(`skill: ${agent.slug} does not offer "${skill}"; its card has ${offered}`);
  }
}

/** The state that asks the client for fields, naming each that is missing or wrong. */
export function asking({ name }: RegisteredOperation, errors: readonly FieldError[], schema: object): TaskChange {
  const list = errors.map(({ path, reason }) => (path ? `${path}: ${reason}` : reason)).join('; ');
  return {
    state: TaskState.TASK_STATE_INPUT_REQUIRED,
    says: [textPart(`${name} needs more: ${list}`), dataPart({ skill: name, needs: errors, input_schema: schema })],
  };
}

function whatIsWrong({ request }: RegisteredOperation, input: object): FieldError[] {
  try {
    validateRequest(request, input);
    return [];
  } catch (error) {
    if (error instanceof AppError && error.kind === 'invalid') return error.errors;
    throw error;
  }
}

function checkMessage({ messageId, contextId, taskId, role, referenceTaskIds }: Message): void {
  if (!messageId) throw new RequestMalformedError('message.messageId: is required');
  for (const [field, value] of Object.entries({ messageId, contextId, taskId })) {
    if (value.length > LONGEST_ID)
      throw new RequestMalformedError(`message.${field}: must have at most ${LONGEST_ID} characters`);
  }
  if (referenceTaskIds.length > MAX_TURNS)
    throw new RequestMalformedError(`message.referenceTaskIds: must hold at most ${MAX_TURNS}`);
  if (role !== Role.ROLE_USER) throw new RequestMalformedError('message.role: must be ROLE_USER');
}

/** What the client reads must include what is answered: an artifact has a data part and a text. */
function checkOutputModes(accepted: readonly string[]): void {
  const isReadable = accepted.length === 0 || accepted.some((mode) => READABLE_MODE.test(mode));
  if (!isReadable) throw new ContentTypeNotSupportedError('answers are application/json and text/plain');
}

function hashOf(message: Message): string {
  return createHash('sha256')
    .update(JSON.stringify(Message.toJSON(message)))
    .digest('base64url');
}

function toStoredCaller({ principal }: A2aCall): StoredCaller {
  return { ...principal, scopes: [...principal.scopes] };
}
