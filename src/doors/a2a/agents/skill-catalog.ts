import { Injectable } from '@nestjs/common';
import {
  type JsonSchema,
  OperationRegistry,
  type Principal,
  type RegisteredOperation,
  hasScope,
  isForModels,
  schemaOf,
} from '../../../operations/index.js';
import type { Agent } from './agents.js';

/** Which operations a caller can reach at this door, and through which agent. */
@Injectable()
export class SkillCatalog {
  constructor(private readonly registry: OperationRegistry) {}

  /**
   * The operation behind a skill of the agent's card, or of the caller's extended card; undefined where it is on
   * neither.
   */
  find(agent: Agent, name: string, caller: Principal): RegisteredOperation | undefined {
    const isOnCard = agent.skills.some(({ operation }) => operation === name);
    return this.offered().find((operation) => operation.name === name && (isOnCard || mayCall(caller, operation)));
  }

  /** What the caller's scopes allow beside the agent's own skills. */
  beyond(agent: Agent, caller: Principal): RegisteredOperation[] {
    const own = new Set(agent.skills.map(({ operation }) => operation));
    return this.offered().filter((operation) => !own.has(operation.name) && mayCall(caller, operation));
  }

  /** The fields that an operation takes, as JSON Schema with every class written out in place. */
  schemaFor({ request }: RegisteredOperation): JsonSchema {
    const inline = (type: new () => object): JsonSchema => schemaOf(type, inline, { isClosed: true });
    return inline(request);
  }

  private offered(): RegisteredOperation[] {
    return this.registry.all().filter(isForModels);
  }
}

function mayCall(caller: Principal, { permission }: RegisteredOperation): boolean {
  return permission === null || hasScope(caller, permission);
}
