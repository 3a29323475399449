import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database, gte } from '../database/index.js';
import { conflict, notFound } from '../errors/index.js';
import { Operation } from '../operations/index.js';
import type { Policy } from './agent-decision.js';
import { DecisionParts } from './decision-parts.js';
import { Decision } from './decision.entity.js';
import {
  type FlipResponse,
  ReplayDecisionRequest,
  ReplayDecisionsRequest,
  ReplayManyResponse,
  ReplayResponse,
  type UnknownPolicyResponse,
} from './decisions.dto.js';
import { PolicyRegistry } from './policy-registry.js';
import { replay } from './replay.js';

const DEFAULT_REPLAYS = 500;
const READ_AT_ONCE = 200;
/** Longest time of computing before other requests get their turn. */
const TURN_AFTER_MS = 8;

/** Decisions made again, on what they were made on. Nothing is acted on and nothing is written. */
@Injectable()
export class ReplayService {
  constructor(
    private readonly database: Database,
    private readonly parts: DecisionParts,
    private readonly policies: PolicyRegistry,
  ) {}

  @Operation({
    name: 'decision.replay',
    permission: 'decisions:read',
    kind: 'query',
    request: ReplayDecisionRequest,
    response: ReplayResponse,
    summary: 'Decide again on the recorded inputs, under the recorded policy version or another one',
    rest: 'POST /api/v1/decisions/:decision_id/replay',
  })
  async replayOne({ decision_id, policy_version }: ReplayDecisionRequest): Promise<ReplayResponse> {
    const decision = await this.database.of(Decision).get(decision_id);
    if (!decision) throw notFound('decision', decision_id);
    const policy = this.policies.find(decision.policy_name, policy_version ?? decision.policy_version);
    if (!policy) throw this.unknownPolicy(decision, policy_version ?? decision.policy_version);
    const [whole] = await this.parts.resolve(this.database, [decision]);
    const { isIdentical, isFlip, choice, differences, failure } = replay(whole!, policy);
    return {
      decision_id,
      policy_name: policy.name,
      recorded_version: decision.policy_version,
      replayed_version: policy.version,
      identical: isIdentical,
      flips: isFlip,
      recorded_choice: decision.choice,
      replayed_choice: choice,
      differences: differences.map(({ path, before, after }) => ({ path, recorded: before, replayed: after })),
      failure,
    };
  }

  @Operation({
    name: 'decision.replayMany',
    permission: 'decisions:read',
    kind: 'query',
    request: ReplayDecisionsRequest,
    response: ReplayManyResponse,
    summary: 'Replay many decisions, newest first, and list those that would flip',
    rest: 'POST /api/v1/decisions/replay',
  })
  async replayMany({
    kind,
    since,
    policy_version,
    limit = DEFAULT_REPLAYS,
  }: ReplayDecisionsRequest): Promise<ReplayManyResponse> {
    const tally = new ReplayTally();
    let lastTurn = performance.now();
    for await (const decision of this.newestFirst(limit, kind, since)) {
      const version = policy_version ?? decision.policy_version;
      const policy = this.policies.find(decision.policy_name, version);
      if (policy) tally.count(decision, policy);
      else tally.countUnknown(decision.policy_name, version);
      if (performance.now() - lastTurn > TURN_AFTER_MS) {
        await nextTurn();
        lastTurn = performance.now();
      }
    }
    return tally.result();
  }

  private async *newestFirst(
    limit: number,
    kind: string | undefined,
    since: string | undefined,
  ): AsyncGenerator<Decision> {
    const where = { ...(kind !== undefined && { kind }), ...(since !== undefined && { created_at: gte(since) }) };
    let cursor: string | null = null;
    for (let left = limit; left > 0; left -= READ_AT_ONCE) {
      const options = {
        where,
        order: { created_at: 'desc' as const },
        limit: Math.min(left, READ_AT_ONCE),
        ...(cursor !== null && { cursor }),
      };
      const page: { items: Decision[]; next_cursor: string | null } = await this.database.of(Decision).page(options);
      yield* await this.parts.resolve(this.database, page.items);
      cursor = page.next_cursor;
      if (cursor === null) return;
    }
  }

  private unknownPolicy({ policy_name }: Decision, version: string) {
    const known = this.policies.versionsOf(policy_name);
    const remedy = known.length > 0 ? `it has ${known.join(', ')}` : 'it has no version of it';
    return conflict(
      'policy_unknown',
      `this server does not have version ${version} of the policy "${policy_name}"; ${remedy}`,
    );
  }
}

class ReplayTally {
  private replayed = 0;
  private identical = 0;
  private changed = 0;
  private failed = 0;
  private readonly flips: FlipResponse[] = [];
  private readonly unknown = new Map<string, UnknownPolicyResponse>();

  count(decision: Decision, policy: Policy): void {
    const { isIdentical, isFlip, choice, failure } = replay(decision, policy);
    this.replayed++;
    if (isIdentical) this.identical++;
    else if (failure !== null) this.failed++;
    else if (!isFlip) this.changed++;
    else {
      this.flips.push({
        decision_id: decision.decision_id,
        subject_type: decision.subject_type,
        subject_id: decision.subject_id,
        policy_name: policy.name,
        recorded_version: decision.policy_version,
        replayed_version: policy.version,
        recorded_choice: decision.choice,
        replayed_choice: choice,
      });
    }
  }

  countUnknown(policy_name: string, policy_version: string): void {
    const key = `${policy_name} ${policy_version}`;
    const known = this.unknown.get(key);
    if (known) known.decisions++;
    else this.unknown.set(key, { policy_name, policy_version, decisions: 1 });
  }

  result(): ReplayManyResponse {
    const { replayed, identical, changed, failed, flips, unknown } = this;
    return { replayed, identical, changed, failed, flips, unknown_policies: [...unknown.values()] };
  }
}
