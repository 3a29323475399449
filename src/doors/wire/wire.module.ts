import { Module } from '@nestjs/common';
import { AuthModule } from '../../auth/index.js';
import { CallJournal } from './call-journal.js';
import { OpenStreams } from './open-streams.js';

/** What the doors share: how errors are told, streams kept and calls journalled. */
@Module({ imports: [AuthModule], providers: [CallJournal, OpenStreams], exports: [CallJournal, OpenStreams] })
export class WireModule {}
