import { Injectable } from '@nestjs/common';
import { Campaigns, Conversions, Interactions, Leads } from '../../crm/index.js';
import { Ledger } from '../../decisions/index.js';
import { Inbox } from '../../inbox/index.js';
import { Messages, Permissions } from '../../outreach/index.js';

/** The faces of those who keep what agents want to know. */
@Injectable()
export class FactFaces {
  constructor(
    readonly leads: Leads,
    readonly campaigns: Campaigns,
    readonly interactions: Interactions,
    readonly conversions: Conversions,
    readonly messages: Messages,
    readonly ledger: Ledger,
    readonly inbox: Inbox,
    readonly permissions: Permissions,
  ) {}
}
