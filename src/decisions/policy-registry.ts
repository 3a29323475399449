import { Injectable } from '@nestjs/common';
import type { Policy } from './agent-decision.js';

/**
 * The policies that this build knows, every version that can still be replayed: a new one is added beside the old ones.
 * Agents register theirs at start-up.
 */
@Injectable()
export class PolicyRegistry {
  private readonly policies = new Map<string, Map<string, Policy>>();

  /**
   * @param policies oldest first
   * @throws Error when another policy goes by the name and version of one: a change of behaviour needs a new version
   */
  register(...policies: readonly Policy[]): void {
    for (const policy of policies) this.add(policy);
  }

  find(name: string, version: string): Policy | undefined {
    return this.policies.get(name)?.get(version);
  }

  /** The versions of a policy, in the order of their registration. */
  versionsOf(name: string): string[] {
    return [...(this.policies.get(name)?.keys() ?? [])];
  }

  private add(policy: Policy): void {
    let versions = this.policies.get(policy.name);
    if (!versions) this.policies.set(policy.name, (versions = new Map()));
    const known = versions.get(policy.version);
    if (known && known !== policy) throw new Error(`two policies are called "${policy.name}" ${policy.version}`);
    versions.set(policy.version, policy);
  }
}
