import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { optimizationPolicy } from '../agents/campaign-optimization/index.js';
import { engagementPolicy } from '../agents/engagement/index.js';
import { triagePolicy } from '../agents/lead-triage/index.js';
import { PolicyRegistry, type ReplayablePolicy } from '../decisions/index.js';

/** Tells the ledger which policies it can replay. A new version is added beside the old one, so that old decisions still replay. */
@Injectable()
export class Policies implements OnModuleInit {
  constructor(private readonly registry: PolicyRegistry) {}

  onModuleInit(): void {
    for (const policy of [triagePolicy, engagementPolicy, optimizationPolicy]) this.registry.register(policy as ReplayablePolicy);
  }
}
