import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { OperationBus, type ResourceAccess, ResourcePort } from '../operations/index.js';

/** Offers the CRM's rows at the resource port: each address is a thin path to the operations that REST has too. */
@Injectable()
export class CrmResources implements OnModuleInit {
  constructor(
    private readonly resources: ResourcePort,
    private readonly operations: OperationBus,
  ) {}

  onModuleInit(): void {
    this.offer('db://leads', 'leads', 'lead', 'lead_id');
    this.offer('db://campaigns', 'campaigns', 'campaign', 'campaign_id');
    this.resources.register('db://interactions', {
      readScope: 'leads:read',
      writeScope: 'leads:write',
      read: (interaction_id, query, { unit: _unit, ...caller }) =>
        interaction_id
          ? this.operations.call('interaction.get', { interaction_id }, caller)
          : this.operations.call('interaction.list', query, caller),
      search: (query, { unit: _unit, ...caller }) => this.operations.call('interaction.list', query, caller),
      write: (_, data, { unit: _unit, ...caller }) => this.operations.call('interaction.track', data, caller),
    });
  }

  private offer(uri: string, scope: string, noun: string, key: string): void {
    const call = (verb: string, input: object, { unit: _, ...caller }: ResourceAccess) =>
      this.operations.call(`${noun}.${verb}`, input, caller);
    this.resources.register(uri, {
      readScope: `${scope}:read`,
      writeScope: `${scope}:write`,
      read: (id, query, access) => (id ? call('get', { [key]: id }, access) : call('list', query, access)),
      search: (query, access) => call('list', query, access),
      write: (id, data, access) => (id ? call('update', { ...data, [key]: id }, access) : call('create', data, access)),
    });
  }
}
