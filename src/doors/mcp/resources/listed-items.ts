import { Injectable } from '@nestjs/common';
import type { Resource } from '@modelcontextprotocol/server';
import { OperationBus, SYSTEM, hasScope } from '../../../operations/index.js';
import type { McpCaller } from '../offering.js';

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
