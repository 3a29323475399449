import { Injectable } from '@nestjs/common';
import { Clock } from '../../config/index.js';
import { IN_BACKGROUND, UnitOfWork } from '../../database/index.js';
import { Enrolments, type FlowEvent, Journeys } from '../../journeys/index.js';
import { Job, type Settle } from '../../queue/index.js';

export const CAMPAIGN_TOPIC = 'journey.campaign';

/** Leads of one unit. */
const AT_ONCE = 250;

const EVENT_OF_STATUS: Readonly<Record<string, FlowEvent>> = {
  paused: 'campaign_paused',
  ended: 'campaign_ended',
  active: 'campaign_resumed',
};

/** Tells the leads of a campaign that is paused, goes on or has ended, some at a time. */
@Injectable()
export class CampaignJourneys {
  constructor(
    private readonly enrolments: Enrolments,
    private readonly journeys: Journeys,
    private readonly units: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  @Job(CAMPAIGN_TOPIC, { isOutside: true, concurrency: 1 })
  async run({ payload }: Job<{ campaign_id: string; status: string }>, settle: Settle): Promise<void> {
    const { campaign_id, status } = payload;
    const event = EVENT_OF_STATUS[status];
    let last = '';
    while (event) {
      const told = await this.units.run(async (unit) => {
        const some = await this.enrolments.ofCampaign(unit, campaign_id, last, AT_ONCE);
        await this.journeys.tell(
          unit,
          some.map(({ lead_id }) => ({ lead_id, event, reason: `the campaign is ${status}`, pausedFor: 'campaign' })),
          this.clock.iso(),
        );
        return some;
      }, IN_BACKGROUND);
      if (told.length < AT_ONCE) break;
      last = told.at(-1)!.enrolment_id;
    }
    await settle(() => Promise.resolve());
  }
}
