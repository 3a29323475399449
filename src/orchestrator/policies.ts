import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { optimizationPolicy, optimizationPolicyWithoutMemory } from '../agents/campaign-optimization/index.js';
import { engagementPolicy, engagementPolicyWithoutFacts } from '../agents/engagement/index.js';
import { triagePolicy, triagePolicyWithoutMemory } from '../agents/lead-triage/index.js';
import { PolicyRegistry } from '../decisions/index.js';

/** Every version of each, oldest first. */
const POLICIES = [
  triagePolicyWithoutMemory,
  triagePolicy,
  engagementPolicyWithoutFacts,
  engagementPolicy,
  optimizationPolicyWithoutMemory,
  optimizationPolicy,
];

/**
 * Tells the ledger which policies it can replay. A new version is added beside the old one, so that old decisions
 * still replay.
 */
@Injectable()
export class Policies implements OnModuleInit {
  constructor(private readonly registry: PolicyRegistry) {}

  onModuleInit(): void {
    for (const policy of POLICIES) this.registry.register(policy);
  }
}
