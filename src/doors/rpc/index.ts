export { ConnectionLimits } from './connection-limits.js';
export { RpcGateway } from './rpc.gateway.js';
export { RpcMethods } from './rpc-methods.js';
export { RpcModule } from './rpc.module.js';
export { SocketAdapter } from './socket-adapter.js';
