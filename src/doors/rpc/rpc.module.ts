import { Module } from '@nestjs/common';
import { AuthModule } from '../../auth/index.js';
import { RpcDispatcher } from './rpc-dispatcher.js';
import { RpcController } from './rpc.controller.js';
import { RpcGateway } from './rpc.gateway.js';
import { RpcMethods } from './rpc-methods.js';

/** JSON-RPC 2.0 at POST /rpc and WebSocket /rpc. */
@Module({ imports: [AuthModule], controllers: [RpcController], providers: [RpcDispatcher, RpcGateway, RpcMethods] })
export class RpcModule {}
