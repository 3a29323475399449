import { Entity, Index } from 'typeorm';
import { Bool, Id, Int, Ref, Timestamp } from '../../database/index.js';

/** One JSON-RPC call, imported or our own. */
@Entity('mcp_jsonrpc_calls')
@Index('idx_mcp_jsonrpc_calls_timestamp', ['timestamp'])
@Index('idx_mcp_jsonrpc_calls_lead', ['lead_id'], { where: '"lead_id" IS NOT NULL' })
export class McpJsonrpcCall {
  @Id() rpc_id!: string;
  @Timestamp() timestamp!: string;
  @Ref() transport!: string;
  @Ref() method!: string;
  @Int() params_bytes!: number;
  @Int() duration_ms!: number;
  @Int() status_code!: number;
  @Ref() source_agent_type!: string;
  @Ref() target_resource!: string;
  /** The lead whose address it is; Herald's own. */
  @Ref({ nullable: true }) lead_id?: string | null;
}

/** One access to a resource through the resource port. */
@Entity('mcp_resource_access')
@Index('idx_mcp_resource_access_timestamp', ['timestamp'])
@Index('idx_mcp_resource_access_lead', ['lead_id'], { where: '"lead_id" IS NOT NULL' })
export class McpResourceAccess {
  @Id() access_id!: string;
  @Ref() resource_uri!: string;
  @Timestamp() timestamp!: string;
  @Ref() scope!: string;
  @Ref() operation!: string;
  @Bool() success!: boolean;
  @Ref() actor!: string;
  /** An agent's accesses of a quarter of a second are one row, and this says how many they were. */
  @Int({ default: 1 }) times?: number;
  /** The lead whose address it is; Herald's own. */
  @Ref({ nullable: true }) lead_id?: string | null;
}

/** One exchange of a WebSocket session. */
@Entity('transport_websocket_sessions')
@Index('idx_transport_websocket_sessions_timestamp', ['timestamp'])
export class TransportWebsocketSession {
  @Id() entry_id!: string;
  @Ref() session_id!: string;
  @Timestamp() timestamp!: string;
  @Int() messages_sent!: number;
  @Int() messages_received!: number;
  @Int() bytes_in!: number;
  @Int() bytes_out!: number;
}

/** One HTTP request. */
@Entity('transport_http_requests')
@Index('idx_transport_http_requests_timestamp', ['timestamp'])
export class TransportHttpRequest {
  @Id() entry_id!: string;
  @Ref() request_id!: string;
  @Timestamp() timestamp!: string;
  @Ref() method!: string;
  @Int() status_code!: number;
  @Int() bytes_in!: number;
  @Int() bytes_out!: number;
}
