import type { InputRequiredResult, ReadResourceResult, Resource } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../../errors/index.js';
import { hasScope, OperationBus, ResourcePort, SYSTEM } from '../../../operations/index.js';
import { type McpCaller, Offerings } from '../offerings.js';
import { noResource } from '../protocol-error.js';

interface Kind {
  readonly noun: 'lead' | 'campaign';
  readonly address: string;
  readonly scope: string;
  readonly most: number;
  titleOf(row: Row): string;
}

type Row = Readonly<Record<string, string | null>>;

const MIME = 'application/json';
const KINDS: readonly Kind[] = [
  {
    noun: 'campaign',
    address: 'db://campaigns',
    scope: 'campaigns:read',
    most: 200,
    titleOf: ({ campaign_id, name }) => name ?? campaign_id!,
  },
  // a lead is shown by its id: a list that is read in passing names nobody
  { noun: 'lead', address: 'db://leads', scope: 'leads:read', most: 50, titleOf: ({ lead_id }) => `Lead ${lead_id}` },
];

/** What `resources/list` names one by one, besides the fixed addresses: the campaigns, and the newest leads. */
@Injectable()
export class ListedItems {
  private readonly last = new Map<string, string>();

  constructor(private readonly operations: OperationBus) {}

  async listedTo({ principal, requestId }: McpCaller): Promise<Resource[]> {
    const open = KINDS.filter(({ scope }) => hasScope(principal, scope));
    const lists = await Promise.all(
      open.map(async (kind) =>
        (await this.rowsOf(kind, { principal, requestId })).map((row): Resource => toResource(kind, row)),
      ),
    );
    return lists.flat();
  }

  /** Nobody looks any more. */
  forget(): void {
    this.last.clear();
  }

  /** The scopes of the kinds of which others are listed than at the last look; none at the first. */
  async changedScopes(): Promise<string[]> {
    const changed: string[] = [];
    for (const kind of KINDS) {
      const listed = (await this.rowsOf(kind, { principal: SYSTEM })).map((row) =>
        JSON.stringify([row[`${kind.noun}_id`], kind.titleOf(row)]),
      );
      const now = listed.sort().join();
      const before = this.last.get(kind.scope);
      this.last.set(kind.scope, now);
      if (before !== undefined && before !== now) changed.push(kind.scope);
    }
    return changed;
  }

  private async rowsOf(
    { noun, most }: Kind,
    caller: Pick<McpCaller, 'principal'> & { requestId?: string },
  ): Promise<Row[]> {
    return (await this.operations.call<{ items: Row[] }>(`${noun}.list`, { limit: most }, { ...caller, door: 'mcp' }))
      .items;
  }
}

function toResource({ noun, address, titleOf }: Kind, row: Row): Resource {
  const id = row[`${noun}_id`]!;
  const { updated_at } = row;
  return {
    uri: `${address}/${id}`,
    name: id,
    title: titleOf(row),
    mimeType: MIME,
    ...(updated_at && { annotations: { lastModified: updated_at } }),
  };
}

/** One more than an answer holds, to know that there are more. */
const ENOUGH = 101;

/** Ids of leads, campaigns or decisions by their beginning, as far as the caller may list them. */
export async function idsStartingWith(
  operations: OperationBus,
  noun: 'lead' | 'campaign' | 'decision',
  typed: string,
  { principal, requestId }: McpCaller,
): Promise<string[]> {
  try {
    const input = { limit: ENOUGH, ...(typed && { id_prefix: typed }) };
    const { items } = await operations.call<{ items: Record<string, string>[] }>(`${noun}.list`, input, {
      principal,
      requestId,
      door: 'mcp',
    });
    return items.map((item) => item[`${noun}_id`]!);
  } catch (error) {
    // what no id can begin with has no completions, and what the caller may not list is not told
    if (error instanceof AppError && (error.kind === 'invalid' || error.kind === 'forbidden')) return [];
    throw error;
  }
}

/** Resources as a caller sees them: what is listed, and what an address holds. */
@Injectable()
export class OfferedResources {
  constructor(
    private readonly offerings: Offerings,
    private readonly items: ListedItems,
    private readonly port: ResourcePort,
  ) {}

  /** In the order of their addresses. */
  async list(caller: McpCaller): Promise<Resource[]> {
    const fixed = this.offerings.resources(caller.principal).map(({ definition }) => definition);
    return [...fixed, ...(await this.items.listedTo(caller))].sort((a, b) => (a.uri < b.uri ? -1 : 1));
  }

  /** @throws ProtocolError where there is nothing */
  async read(uri: string, caller: McpCaller): Promise<ReadResourceResult | InputRequiredResult> {
    this.check(uri, caller);
    const found = this.offerings.at(uri)!;
    try {
      return await ('resource' in found
        ? found.resource.read(uri, caller)
        : found.template.read(uri, found.variables, caller));
    } catch (error) {
      throw error instanceof AppError && error.kind === 'not_found' ? noResource(uri, error.message) : error;
    }
  }

  /** @throws ProtocolError for what is no address here; the refused access is on record then */
  check(uri: string, { principal }: McpCaller): void {
    if (this.offerings.at(uri)) return;
    this.port.noteRefused(uri, principal);
    throw noResource(uri);
  }
}
