import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { Clock } from '../../config/index.js';
import { Lead } from '../../crm/index.js';
import { type Job, JobHandlers } from '../../queue/index.js';
import { TriageService } from './triage.service.js';

/** Triages leads that asked for it when they were stored. */
@Injectable()
export class LeadTriageJobs implements OnModuleInit {
  constructor(
    private readonly handlers: JobHandlers,
    private readonly triage: TriageService,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.handlers.register('lead.triage', {
      run: async (job: Job<{ lead_id: string }>, unit) => {
        const [lead] = await unit.of(Lead).find({ lead_id: job.payload.lead_id }, { lock: true });
        // somebody may have triaged or removed it meanwhile
        if (lead?.flow_state === 'new') await this.triage.triageMany(unit, [lead], this.clock.iso());
      },
    });
  }
}
