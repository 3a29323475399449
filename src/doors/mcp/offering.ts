import type {
  CallToolResult,
  ClientCapabilities,
  GetPromptResult,
  InputRequiredResult,
  Prompt,
  ReadResourceResult,
  Resource,
  ResourceTemplateType,
  ServerContext,
  Tool,
  Variables,
} from '@modelcontextprotocol/server';
import type { Principal, ProgressListener } from '../../operations/index.js';

/** Who makes a request, and how. */
export interface McpCaller {
  readonly principal: Principal;
  readonly requestId: string;
  /** Per-request protocol revisions from 2026-07-28 on; the others have sessions. */
  readonly isModern: boolean;
  /** What the client said that it can do. */
  readonly capabilities: ClientCapabilities | undefined;
  /** Where the caller asked to be told of progress. */
  readonly progress: ProgressListener | undefined;
  /** The SDK's context of the request: cancellation, input responses, the log. */
  readonly mcp: ServerContext;
}

type Answer<T> = Promise<T | InputRequiredResult>;
/** Values that start with what was typed so far. */
export type Completer = (
  typed: string,
  caller: McpCaller,
  others: Readonly<Record<string, string>>,
) => Promise<string[]>;

export interface McpTool {
  readonly definition: Tool;
  /** The scope that a caller needs; null for what any caller may use. */
  readonly scope: string | null;
  /** What the journal of calls names. */
  readonly target?: string;
  call(input: Record<string, unknown>, caller: McpCaller): Answer<CallToolResult>;
}

export interface McpResource {
  readonly definition: Resource;
  readonly scope: string | null;
  read(uri: string, caller: McpCaller): Answer<ReadResourceResult>;
}

export interface McpTemplate {
  readonly definition: ResourceTemplateType;
  readonly scope: string | null;
  read(uri: string, variables: Variables, caller: McpCaller): Answer<ReadResourceResult>;
  readonly complete?: Readonly<Record<string, Completer>>;
}

export interface McpPrompt {
  readonly definition: Prompt;
  readonly scope: string | null;
  get(args: Readonly<Record<string, string>>, caller: McpCaller): Answer<GetPromptResult>;
  readonly complete?: Readonly<Record<string, Completer>>;
}

/** What one part of the server offers at this door. */
export interface Offering {
  readonly tools?: readonly McpTool[];
  readonly resources?: readonly McpResource[];
  readonly templates?: readonly McpTemplate[];
  readonly prompts?: readonly McpPrompt[];
}
