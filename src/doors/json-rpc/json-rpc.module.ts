import { Module } from '@nestjs/common';
import { CallJournal } from './call-journal.js';

/** What the doors that speak JSON-RPC share. */
@Module({ providers: [CallJournal], exports: [CallJournal] })
export class JsonRpcModule {}
