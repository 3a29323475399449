import { Injectable } from '@nestjs/common';
import { Clock } from '../../config/index.js';
import { Leads } from '../../crm/index.js';
import type { Unit } from '../../database/index.js';
import { TRIAGE_AGAIN_TOPIC } from '../../journeys/index.js';
import { Job } from '../../queue/index.js';
import { TriageService, isTriageable } from './triage.service.js';

/** Triages leads that asked for it when they were stored. */
@Injectable()
export class LeadTriageJobs {
  constructor(
    private readonly leads: Leads,
    private readonly triage: TriageService,
    private readonly clock: Clock,
  ) {}

  @Job('lead.triage', { takes: 'many', forgetsDone: true, patienceMs: 1_000 })
  async run(jobs: readonly Job<{ lead_id: string }>[], unit: Unit): Promise<void> {
    const ids = [...new Set(jobs.map(({ payload }) => payload.lead_id))];
    const found = await this.leads.lockAll(unit, ids);
    // somebody may have triaged or removed some meanwhile
    const leads = found.filter(({ flow_state }) => flow_state === 'new');
    if (leads.length > 0) await this.triage.triageMany(unit, leads, this.clock.iso());
  }

  /** What changed about a lead, or what it did, is a reason to look at it once more. */
  @Job(TRIAGE_AGAIN_TOPIC, { takes: 'many', forgetsDone: true, patienceMs: 1_000 })
  async again(jobs: readonly Job<{ lead_id: string }>[], unit: Unit): Promise<void> {
    const ids = [...new Set(jobs.map(({ payload }) => payload.lead_id))];
    const leads = (await this.leads.lockAll(unit, ids)).filter(isTriageable);
    if (leads.length > 0) await this.triage.triageMany(unit, leads, this.clock.iso());
  }
}
