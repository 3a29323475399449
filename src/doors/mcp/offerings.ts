import {
  type CallToolResult,
  type ClientCapabilities,
  type GetPromptResult,
  type InputRequiredResult,
  type Prompt,
  type ReadResourceResult,
  type Resource,
  type ResourceTemplateType,
  type ServerContext,
  type Tool,
  UriTemplate,
  type Variables,
} from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { hasScope, type Principal, type ProgressListener } from '../../operations/index.js';

/** Which tools are listed: those that a marketer's work needs, or all. A tool that is not listed can be called. */
export type ToolList = 'short' | 'all';

/** Who makes a request, and how. */
export interface McpCaller {
  readonly principal: Principal;
  readonly requestId: string;
  /** Per-request protocol revisions from 2026-07-28 on; the others have sessions. */
  readonly isModern: boolean;
  readonly tools: ToolList;
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
  /** Only in the whole list: a caller that asks for nothing else is not shown it, but may call it. */
  readonly isSpecial?: boolean;
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

interface Collected {
  readonly tools: ReadonlyMap<string, McpTool>;
  readonly resources: ReadonlyMap<string, McpResource>;
  readonly templates: ReadonlyMap<string, { readonly template: McpTemplate; readonly pattern: UriTemplate }>;
  readonly prompts: ReadonlyMap<string, McpPrompt>;
}

export type OfferedList = 'tools' | 'prompts' | 'resources';

/**
 * Everything offered at this door, in the order of names. Parts of the server add what they have at start-up; it is
 * gathered on first use.
 */
@Injectable()
export class Offerings {
  private readonly suppliers: (() => Offering)[] = [];
  private readonly listeners: ((list: OfferedList) => void)[] = [];
  private gathered: Collected | undefined;

  /** @param supplier called after start-up, and again when something has changed */
  add(supplier: () => Offering): void {
    this.suppliers.push(supplier);
  }

  /** Says that a supplier offers something else from now on. */
  change(list: OfferedList): void {
    this.gathered = undefined;
    for (const listener of this.listeners) listener(list);
  }

  onChange(listener: (list: OfferedList) => void): void {
    this.listeners.push(listener);
  }

  tool(name: string): McpTool | undefined {
    return this.all.tools.get(name);
  }

  tools(principal: Principal, list: ToolList): McpTool[] {
    return open(this.all.tools.values(), principal).filter(({ isSpecial }) => list === 'all' || !isSpecial);
  }

  prompt(name: string): McpPrompt | undefined {
    return this.all.prompts.get(name);
  }

  prompts(principal: Principal): McpPrompt[] {
    return open(this.all.prompts.values(), principal);
  }

  resources(principal: Principal): McpResource[] {
    return open(this.all.resources.values(), principal);
  }

  templates(principal: Principal): McpTemplate[] {
    return open(
      [...this.all.templates.values()].map(({ template }) => template),
      principal,
    );
  }

  template(uriTemplate: string): McpTemplate | undefined {
    return this.all.templates.get(uriTemplate)?.template;
  }

  /** The resource at an address, or the template that the address fits. */
  at(uri: string): { resource: McpResource } | { template: McpTemplate; variables: Variables } | undefined {
    const resource = this.all.resources.get(uri);
    if (resource) return { resource };
    for (const { template, pattern } of this.all.templates.values()) {
      const variables = pattern.match(uri);
      if (variables) return { template, variables };
    }
    return undefined;
  }

  /** The scope that reading an address needs; undefined where there is nothing. */
  scopeAt(uri: string): string | null | undefined {
    const found = this.at(uri);
    return found && ('resource' in found ? found.resource : found.template).scope;
  }

  private get all(): Collected {
    return (this.gathered ??= this.gather());
  }

  private gather(): Collected {
    const offerings = this.suppliers.map((supplier) => supplier());
    const of = <T>(
      pick: (offering: Offering) => readonly T[] | undefined,
      key: (each: T) => string,
    ): ReadonlyMap<string, T> => {
      const entries = offerings
        .flatMap((offering) => pick(offering) ?? [])
        .map((each): [string, T] => [key(each), each]);
      return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
    };
    const templates = of(
      ({ templates: own }) => own,
      ({ definition }) => definition.uriTemplate,
    );
    return {
      tools: of(
        ({ tools }) => tools,
        ({ definition }) => definition.name,
      ),
      resources: of(
        ({ resources }) => resources,
        ({ definition }) => definition.uri,
      ),
      templates: new Map([...templates].map(([uri, template]) => [uri, { template, pattern: new UriTemplate(uri) }])),
      prompts: of(
        ({ prompts }) => prompts,
        ({ definition }) => definition.name,
      ),
    };
  }
}

/** What the caller's scopes open: the rest is not listed. */
function open<T extends { readonly scope: string | null }>(all: Iterable<T>, principal: Principal): T[] {
  return [...all].filter(({ scope }) => scope === null || hasScope(principal, scope));
}
