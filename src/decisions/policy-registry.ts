import { Injectable } from '@nestjs/common';
import type { PolicyAnswer } from './decision-shape.js';

/** A decision rule that can be run again: pure, the same answer for the same inputs and seed. */
export interface ReplayablePolicy {
  readonly name: string;
  readonly version: string;
  // method syntax, so that a policy may name the type of its inputs
  decide(inputs: unknown, seed: string): PolicyAnswer;
}

/** The policies that this build knows, every version that can still be replayed. Agents register theirs at start-up. */
@Injectable()
export class PolicyRegistry {
  private readonly policies = new Map<string, Map<string, ReplayablePolicy>>();

  /** @throws Error when another policy goes by this name and version: a change of behaviour needs a new version */
  register(policy: ReplayablePolicy): void {
    let versions = this.policies.get(policy.name);
    if (!versions) this.policies.set(policy.name, (versions = new Map()));
    const known = versions.get(policy.version);
    if (known && known !== policy) throw new Error(`two policies are called "${policy.name}" ${policy.version}`);
    versions.set(policy.version, policy);
  }

  find(name: string, version: string): ReplayablePolicy | undefined {
    return this.policies.get(name)?.get(version);
  }

  /** The versions of a policy, in the order of their registration. */
  versionsOf(name: string): string[] {
    return [...(this.policies.get(name)?.keys() ?? [])];
  }
}
