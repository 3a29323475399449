import { Injectable } from '@nestjs/common';
import { Clock } from '../../config/index.js';
import { Campaigns, type Lead, Leads } from '../../crm/index.js';
import { Database, IN_BACKGROUND, type Reader, UnitOfWork } from '../../database/index.js';
import { Inbox } from '../../inbox/index.js';
import { type Enrolment, Enrolments, Sequences, UNDER_WAY } from '../../journeys/index.js';
import { Operation } from '../../operations/index.js';
import { Every, Job, type Settle } from '../../queue/index.js';
import { Log, Metrics } from '../../telemetry/index.js';
import { Handoffs } from '../handoffs/handoffs.js';
import { JourneyAuditRequest, JourneyAuditResponse, type StrandedLead } from './journey-audit.dto.js';

/** Leads that are looked at with the same statements. */
const AT_ONCE = 500;
/** A step that is later than this is not only waiting in line. */
const OVERDUE_MS = 3_600_000;
const DEFAULT_LISTED = 100;

/** Proves that nobody is stranded: who is under way has a next time, an open case, or work that is promised. */
@Injectable()
export class JourneyAudit {
  private readonly strandedLeads;

  constructor(
    private readonly database: Database,
    private readonly units: UnitOfWork,
    private readonly leads: Leads,
    private readonly campaigns: Campaigns,
    private readonly enrolments: Enrolments,
    private readonly sequences: Sequences,
    private readonly inbox: Inbox,
    private readonly handoffs: Handoffs,
    private readonly clock: Clock,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.strandedLeads = metrics.gauge(
      'herald_stranded_leads',
      'Leads under way that nothing will move, at the last audit',
    );
  }

  @Operation({
    name: 'journey.audit',
    permission: 'leads:read',
    kind: 'query',
    request: JourneyAuditRequest,
    response: JourneyAuditResponse,
    summary: 'Leads under way without next time, open case or end: there should be none',
    rest: { route: 'GET /api/v1/journeys/audit', tag: 'journeys' },
  })
  async audit({ limit = DEFAULT_LISTED }: JourneyAuditRequest = {}): Promise<JourneyAuditResponse> {
    const report: JourneyAuditResponse = { under_way: 0, in_sequence: 0, with_person: 0, stranded: 0, items: [] };
    const before = new Date(this.clock.now().getTime() - OVERDUE_MS).toISOString();
    for (let last = ''; ;) {
      const some = await this.leads.standingIn(this.database, UNDER_WAY, last, AT_ONCE);
      await this.look(this.database, some, before, report, limit);
      if (some.length < AT_ONCE) return report;
      last = some.at(-1)!.lead_id;
    }
  }

  /** Looks once an hour, tells the log, and promises again the steps whose promise was lost. */
  @Every('hour')
  @Job('journey.audit', { concurrency: 1, isOutside: true })
  async hourly(_job: Job, settle: Settle): Promise<void> {
    const before = new Date(this.clock.now().getTime() - OVERDUE_MS).toISOString();
    await this.units.run((unit) => this.enrolments.promiseOverdue(unit, before, AT_ONCE), IN_BACKGROUND);
    const { stranded, items } = await this.audit({ limit: 10 });
    this.strandedLeads.set(stranded);
    if (stranded > 0)
      this.log.error({ stranded, leads: items.map(({ lead_id, why }) => `${lead_id}: ${why}`) }, 'leads are stranded');
    await settle(() => Promise.resolve());
  }

  private async look(
    reader: Reader,
    leads: readonly Lead[],
    before: string,
    report: JourneyAuditResponse,
    limit: number,
  ): Promise<void> {
    if (leads.length === 0) return;
    const ids = leads.map(({ lead_id }) => lead_id);
    const live = await this.enrolments.liveOf(reader, ids);
    const withCase = await this.inbox.openReasons(reader, ids);
    const handedOver = await this.handoffs.underWay(reader, ids);
    const resting = await this.resting(reader, [...live.values()]);
    for (const lead of leads) {
      const enrolment = live.get(lead.lead_id);
      report.under_way++;
      if (enrolment) report.in_sequence++;
      if (withCase.has(lead.lead_id)) report.with_person++;
      const why = enrolment
        ? whyStuck(enrolment, {
            before,
            hasCase: withCase.has(lead.lead_id),
            isResting: resting.has(enrolment.enrolment_id),
          })
        : withCase.has(lead.lead_id) || handedOver.has(lead.lead_id)
          ? null
          : `${lead.flow_state}, with neither a sequence nor a case`;
      if (why !== null) this.note(report, { lead, enrolment, why }, limit);
    }
  }

  private note(
    report: JourneyAuditResponse,
    { lead, enrolment, why }: { lead: Lead; enrolment: Enrolment | undefined; why: string },
    limit: number,
  ): void {
    report.stranded++;
    const { lead_id, flow_state } = lead;
    const item: StrandedLead = { lead_id, flow_state, enrolment_id: enrolment?.enrolment_id ?? null, why };
    if (report.items.length < limit) report.items.push(item);
  }

  /** Paused enrolments whose campaign or sequence does rest. */
  private async resting(reader: Reader, enrolments: readonly Enrolment[]): Promise<Set<string>> {
    const paused = enrolments.filter(({ state }) => state === 'paused');
    if (paused.length === 0) return new Set();
    const campaignIds = [...new Set(paused.flatMap(({ campaign_id }) => campaign_id ?? []))];
    const active = new Set(
      (await this.campaigns.find(reader, campaignIds)).flatMap(({ campaign_id, status }) =>
        status === 'active' ? campaign_id : [],
      ),
    );
    const sequences = await this.sequences.inForce(reader);
    const rests = ({ paused_for, campaign_id, sequence_id }: Enrolment): boolean =>
      paused_for === 'campaign'
        ? !active.has(campaign_id ?? '')
        : paused_for === 'sequence' && sequences.get(sequence_id)?.isPaused === true;
    return new Set(paused.filter(rests).map(({ enrolment_id }) => enrolment_id));
  }
}

function whyStuck(
  { state, paused_for, next_at }: Enrolment,
  { before, hasCase, isResting }: { before: string; hasCase: boolean; isResting: boolean },
): string | null {
  if (state === 'paused') {
    if ((paused_for === 'case' && hasCase) || isResting) return null;
    return `paused for the ${paused_for}, which does not hold it any more`;
  }
  if (next_at === null) return 'in a sequence without a next time';
  return next_at < before ? `its next step was due at ${next_at}` : null;
}
