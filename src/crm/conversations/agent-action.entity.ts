import { Entity, Index } from 'typeorm';
import { Id, Json, Ref, Timestamp } from '../../database/index.js';

/** One thing that an agent did, in the words of the data set. */
@Entity('agent_actions')
@Index('idx_agent_actions_timestamp', ['timestamp'])
@Index('idx_agent_actions_lead', ['lead_id', 'timestamp'])
export class AgentAction {
  @Id() action_id!: string;
  @Timestamp() timestamp!: string;
  @Ref({ nullable: true }) conversation_id!: string | null;
  @Ref({ nullable: true }) lead_id!: string | null;
  @Ref() action_type!: string;
  @Ref() source_agent!: string;
  @Ref() source_agent_type!: string;
  @Ref() dest_agent_type!: string;
  @Json() handoff_context_json!: Record<string, unknown>;
  @Ref({ default: 'none' }) escalation_reason!: string;
}
