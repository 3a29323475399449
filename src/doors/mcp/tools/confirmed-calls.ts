import { Injectable } from '@nestjs/common';
import {
  type CallToolResult,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
} from '@modelcontextprotocol/server';
import { Settings } from '../../../config/index.js';
import { AppError, OperationBus, type RegisteredOperation } from '../../../operations/index.js';
import type { McpCaller } from '../offering.js';
import { callOptions } from './call-options.js';
import { problemResult, resultOf } from './tool-result.js';

/** What `approval.request` answers. */
interface RequestedApproval {
  approval_id: string;
  status: 'pending' | 'executed' | 'rejected' | 'expired' | 'lapsed' | 'failed';
  expires_at: string;
  reason?: string;
  result?: Record<string, unknown>;
}

/** The key of the one question; its answer says only that the person was shown the address. */
const QUESTION = 'approval';

/**
 * Destructive tools. Such a call asks for an approval, or finds the one that it asked for before; a person decides in
 * the inbox, signed in as themselves. What the client answers to the elicitation is never taken for a yes: a model
 * could have written it.
 */
@Injectable()
export class ConfirmedCalls {
  constructor(
    private readonly operations: OperationBus,
    private readonly settings: Settings,
  ) {}

  async run(
    { name }: RegisteredOperation,
    input: Record<string, unknown>,
    caller: McpCaller,
  ): Promise<CallToolResult | InputRequiredResult> {
    // each round is a call of its own: a stored answer would say "pending" for ever
    const { idempotencyKey: _, ...options } = callOptions(caller);
    const approval = await this.operations.call<RequestedApproval>(
      'approval.request',
      { operation: name, input },
      options,
    );
    if (approval.status === 'executed') return resultOf(approval.result ?? {});
    if (approval.status !== 'pending')
      return problemResult(refusalOf(approval), caller.requestId, { approval_id: approval.approval_id });
    const wasAsked = inputResponse(caller.mcp.mcpReq.inputResponses, QUESTION).kind !== 'missing';
    return wasAsked || !canShowAddress(caller) ? this.pendingResult(approval, caller) : this.question(name, approval);
  }

  private question(operation: string, { approval_id, expires_at }: RequestedApproval): InputRequiredResult {
    const message = `"${operation}" needs a person's yes. Open the inbox, sign in and decide about ${approval_id}; it expires at ${expires_at}.`;
    return inputRequired({
      inputRequests: { [QUESTION]: inputRequired.elicitUrl({ message, url: this.addressOf(approval_id) }) },
    });
  }

  private pendingResult({ approval_id, expires_at }: RequestedApproval, { requestId }: McpCaller): CallToolResult {
    const url = this.addressOf(approval_id);
    const detail = `nothing was done yet: a person has to confirm it at ${url}; make the same call again after that, until ${expires_at}`;
    const more = { approval_id, approval_url: url, expires_at };
    return problemResult(new AppError('conflict', 'approval_pending', detail), requestId, more);
  }

  private addressOf(approvalId: string): string {
    return `${this.settings.publicUrl}/#/inbox/approval/${encodeURIComponent(approvalId)}`;
  }
}

function canShowAddress({ capabilities }: McpCaller): boolean {
  return capabilities?.elicitation?.url !== undefined;
}

function refusalOf({ approval_id, status, reason }: RequestedApproval): AppError {
  const why = reason === undefined ? '' : `: ${reason}`;
  return new AppError(
    'conflict',
    `approval_${status}`,
    `nothing was done, the approval ${approval_id} is ${status}${why}; the same call asks anew`,
  );
}
