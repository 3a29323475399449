import {
  McpJsonrpcCall,
  McpResourceAccess,
  TransportHttpRequest,
  TransportWebsocketSession,
} from './transport.entities.js';

/** The journals of calls by name: for import and export alone, which take whole files in and out. */
export const JOURNAL_TABLES = {
  mcp_jsonrpc_calls: McpJsonrpcCall,
  mcp_resource_access: McpResourceAccess,
  transport_http_requests: TransportHttpRequest,
  transport_websocket_sessions: TransportWebsocketSession,
} as const;
