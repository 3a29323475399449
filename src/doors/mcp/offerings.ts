import { Injectable } from '@nestjs/common';
import { UriTemplate, type Variables } from '@modelcontextprotocol/server';
import { type Principal, hasScope } from '../../operations/index.js';
import type { McpPrompt, McpResource, McpTemplate, McpTool, Offering } from './offering.js';

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

  tools(principal: Principal): McpTool[] {
    return open(this.all.tools.values(), principal);
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
