import { Injectable } from '@nestjs/common';
import { KeepsRows } from '../database/index.js';
import { Enrolment } from './enrolments/enrolment.entity.js';
import { Sequence, SequenceVersion } from './sequences/sequence.entity.js';

@Injectable()
@KeepsRows([
  {
    table: Sequence,
    holds: 'a sequence of messages, with its draft',
    keeps: { until: 'nobody removes one: it is archived' },
    lead: { none: 'words for everybody' },
  },
  {
    table: SequenceVersion,
    holds: 'a published version of a sequence',
    keeps: { until: 'never goes: enrolments name it' },
    lead: { none: 'words for everybody' },
  },
  {
    table: Enrolment,
    holds: 'where a lead stands, or stood, in a sequence',
    keeps: { days: 'contact', after: 'ended_at', when: `state = 'ended'` },
    lead: { by: 'lead_id' },
  },
])
export class JourneysRows {}
