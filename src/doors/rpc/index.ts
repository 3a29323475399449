export { ConnectionLimits } from './connection-limits.js';
export { MAX_BATCH } from './envelope.js';
export { RpcGateway } from './rpc.gateway.js';
export { answerRefusalsAsRpc } from './rpc-http.filter.js';
export { RpcModule } from './rpc.module.js';
export { SocketAdapter } from './socket-adapter.js';
