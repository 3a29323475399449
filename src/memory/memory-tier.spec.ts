import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { ConfigModule, FixedClock, Settings } from '../config/index.js';
import { DatabaseModule, UnitOfWork } from '../database/index.js';
import { OperationsModule } from '../operations/index.js';
import { QueueModule } from '../queue/index.js';
import { Metrics, TelemetryModule } from '../telemetry/index.js';
import { ConsolidationRun } from './consolidation/consolidation.run.js';
import { IsMemoryTier, LeadMemoryService, type MemoryTier, MemoryModule, MemoryService } from './index.js';
import type { RetrieveMemoryRequest, StoreMemoryRequest } from './memory.dto.js';
import type { AgingStep } from './memory-tier.js';

const NOW = '2026-03-01T08:00:00.000Z';

/** All that another tier is: one class, and its name among the module's providers. */
@Injectable()
@IsMemoryTier()
class NoteTier implements MemoryTier {
  readonly name = 'notes';
  readonly storedBy = { needs: ['lead_id', 'notes'], takes: ['source'] } as const;
  readonly readBy = ['lead_id'] as const;
  readonly searchedBy = ['text'] as const;
  private readonly kept = new Map<string, string>();
  aged = 0;

  async store(_: unknown, { lead_id, notes }: StoreMemoryRequest) {
    this.kept.set(lead_id!, notes!);
    return { memory_id: `note-${lead_id}`, expires_at: null };
  }

  async retrieve(_: unknown, { lead_id }: RetrieveMemoryRequest): Promise<object[]> {
    return this.kept.has(lead_id!) ? [{ lead_id, notes: this.kept.get(lead_id!) }] : [];
  }

  async search(_: unknown, { text }: { text?: string }): Promise<object[]> {
    return [...this.kept].filter(([, notes]) => notes.includes(text!)).map(([lead_id, notes]) => ({ lead_id, notes }));
  }

  async exportLead(_: unknown, leadId: string): Promise<Record<string, unknown>> {
    return { notes: [this.kept.get(leadId)] };
  }

  async forgetLead(_: unknown, leadId: string): Promise<Record<string, number>> {
    return { notes: this.kept.delete(leadId) ? 1 : 0 };
  }

  async age(): Promise<AgingStep> {
    this.aged++;
    return { changed: 3, next: null };
  }

  stats() {
    return { entries: this.kept.size, bytes: 42 };
  }
}

describe('MemoryTiers', () => {
  let dataDir: string;
  let module: TestingModule;
  let memory: MemoryService;
  let units: UnitOfWork;

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'herald-tier-'));
    const settings = new Settings({ HERALD_DATA_DIR: dataDir, LOG_LEVEL: 'silent' }, 'off');
    const config = ConfigModule.with(settings, new FixedClock(NOW));
    module = await Test.createTestingModule({
      imports: [config, TelemetryModule, DatabaseModule, QueueModule, OperationsModule, MemoryModule],
      providers: [NoteTier],
    }).compile();
    await module.init();
    memory = module.get(MemoryService);
    units = module.get(UnitOfWork);
  });

  afterEach(async () => {
    await module.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const store = (request: object) =>
    units.run((unit) => memory.store({ tier: 'notes', ...request } as never, { unit, now: NOW }));

  it('stores into, reads and searches a tier that was only added to the providers, beside the four', async () => {
    expect(await store({ lead_id: 'L1', notes: 'likes boats' })).toMatchObject({
      tier: 'notes',
      memory_id: 'note-L1',
      stored_at: NOW,
    });
    const note = { lead_id: 'L1', notes: 'likes boats' };
    expect(await memory.retrieve({ lead_id: 'L1' }, { now: NOW })).toEqual({
      short_term: [],
      long_term: [],
      episodic: [],
      semantic: [],
      notes: [note],
    });
    expect(await memory.search({ text: 'boats' })).toEqual({ episodic: [], semantic: [], notes: [note] });
  });

  it('refuses what the tier does not take, and names what it needs', async () => {
    await expect(store({ lead_id: 'L1' })).rejects.toMatchObject({
      errors: [{ path: 'notes', reason: 'is needed to store notes memory' }],
    });
    await expect(store({ lead_id: 'L1', notes: 'n', scenario: 's' })).rejects.toMatchObject({
      errors: [{ path: 'scenario', reason: 'is not a field of notes memory' }],
    });
    await expect(memory.retrieve({ tier: 'notes', scenario: 's' } as never, { now: NOW })).rejects.toMatchObject({
      errors: [{ path: 'scenario', reason: 'notes memory is read by lead_id' }],
    });
    await expect(store({ tier: 'dreams' })).rejects.toMatchObject({ kind: 'invalid' });
  });

  it('gives out and forgets what it holds of a lead', async () => {
    await store({ lead_id: 'L1', notes: 'likes boats' });
    const ofLead = module.get(LeadMemoryService);
    expect(await ofLead.export({ lead_id: 'L1' }, { now: NOW })).toMatchObject({ notes: ['likes boats'], facts: [] });
    const forgotten = await units.run((unit) => ofLead.forgetLead(unit, 'L1', NOW));
    expect(forgotten).toMatchObject({ lead_id: 'L1', short_term: 0, notes: 1 });
    expect(await memory.retrieve({ lead_id: 'L1' }, { now: NOW })).toMatchObject({ notes: [] });
  });

  it('is aged by consolidation and counted in the figures', async () => {
    await module.get(ConsolidationRun).run({ runId: 'con_1', requestedBy: 'test' });
    expect(module.get(NoteTier).aged).toBe(1);
    expect(await module.get(Metrics).registry.metrics()).toContain('herald_memory_held_bytes{tier="notes"} 42');
  });
});
