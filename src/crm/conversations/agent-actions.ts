import { Injectable } from '@nestjs/common';
import { newId } from '../../config/index.js';
import type { Unit } from '../../database/index.js';
import { AgentAction } from './agent-action.entity.js';

type Optional = 'conversation_id' | 'lead_id' | 'escalation_reason';
export type NewAgentAction = Omit<AgentAction, 'action_id' | Optional> & Partial<Pick<AgentAction, Optional>>;

/** How other modules write down what agents did, in the words of the data set. */
@Injectable()
export class AgentActions {
  async record(unit: Unit, actions: readonly NewAgentAction[]): Promise<void> {
    if (actions.length === 0) return;
    await unit
      .of(AgentAction)
      .insert(
        actions.map((action) => ({
          action_id: newId('act'),
          conversation_id: null,
          lead_id: null,
          escalation_reason: 'none',
          ...action,
        })),
      );
  }
}
