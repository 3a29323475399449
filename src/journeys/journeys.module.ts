import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CrmModule } from '../crm/index.js';
import { OutreachModule } from '../outreach/index.js';
import { Enrolment } from './enrolments/enrolment.entity.js';
import { Enrolments } from './enrolments/enrolments.js';
import { EnrolmentsService } from './enrolments/enrolments.service.js';
import { Journeys } from './journeys.js';
import { JourneysRows } from './journeys.rows.js';
import { Sequence, SequenceVersion } from './sequences/sequence.entity.js';
import { Sequences } from './sequences/sequences.js';
import { SequencesService } from './sequences/sequences.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Sequence, SequenceVersion, Enrolment]), CrmModule, OutreachModule],
  providers: [JourneysRows, Sequences, SequencesService, Enrolments, EnrolmentsService, Journeys],
  exports: [Sequences, Enrolments, Journeys],
})
export class JourneysModule {}
