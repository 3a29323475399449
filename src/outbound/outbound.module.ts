import { Global, Module } from '@nestjs/common';
import { OutboundGuard } from './outbound-guard.js';

/** The guard on the addresses that this server calls. */
@Global()
@Module({ providers: [OutboundGuard], exports: [OutboundGuard] })
export class OutboundModule {}
