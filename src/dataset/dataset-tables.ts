import { SecurityAuthEvent } from '../auth/index.js';
import { CRM_TABLES } from '../crm/index.js';
import { MEMORY_TABLES } from '../memory/index.js';
import {
  McpJsonrpcCall,
  McpResourceAccess,
  TransportHttpRequest,
  TransportWebsocketSession,
} from '../operations/index.js';
import type { TableName } from './dataset-files.js';

/** The entity that owns each of the data set's tables. */
export const DATASET_TABLES = {
  ...CRM_TABLES,
  ...MEMORY_TABLES,
  mcp_jsonrpc_calls: McpJsonrpcCall,
  mcp_resource_access: McpResourceAccess,
  transport_http_requests: TransportHttpRequest,
  transport_websocket_sessions: TransportWebsocketSession,
  security_auth_events: SecurityAuthEvent,
} satisfies Record<TableName, new () => object>;
