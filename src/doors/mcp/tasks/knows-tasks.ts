import { MissingRequiredClientCapabilityError } from '@modelcontextprotocol/server';
import type { McpCaller } from '../offering.js';
import { TASKS_EXTENSION } from './task-answers.js';

/** Whether the client said, with this request, that it can do with a task in the place of an answer. */
export function knowsTasks({ isModern, capabilities }: Pick<McpCaller, 'isModern' | 'capabilities'>): boolean {
  return isModern && capabilities?.extensions?.[TASKS_EXTENSION] !== undefined;
}

/** @throws ProtocolError missing capability for a client that does not know tasks */
export function requireTasks(caller: McpCaller): void {
  if (knowsTasks(caller)) return;
  throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } } });
}
