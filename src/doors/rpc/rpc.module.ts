import { Module } from '@nestjs/common';
import { AuthModule } from '../../auth/index.js';
import { EventsModule } from '../events/index.js';
import { WireModule } from '../wire/index.js';
import { ConnectionLimits } from './connection-limits.js';
import { RpcDispatcher } from './rpc-dispatcher.js';
import { RpcHttpFilter } from './rpc-http.filter.js';
import { RpcMethods } from './rpc-methods.js';
import { RpcController } from './rpc.controller.js';
import { RpcGateway } from './rpc.gateway.js';

/** JSON-RPC 2.0 at POST /rpc and WebSocket /rpc. */
@Module({
  imports: [AuthModule, EventsModule, WireModule],
  controllers: [RpcController],
  providers: [ConnectionLimits, RpcDispatcher, RpcGateway, RpcHttpFilter, RpcMethods],
})
export class RpcModule {}
