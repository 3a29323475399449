import { Injectable } from '@nestjs/common';
import type { InputRequiredResult, ReadResourceResult, Resource } from '@modelcontextprotocol/server';
import { AppError, ResourcePort } from '../../../operations/index.js';
import type { McpCaller } from '../offering.js';
import { Offerings } from '../offerings.js';
import { noResource } from '../protocol-error.js';
import { ListedItems } from './listed-items.js';

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
