import { Injectable } from '@nestjs/common';
import { newId } from '../../config/index.js';
import { Database, type Unit, UnitOfWork } from '../../database/index.js';
import { notFound } from '../../errors/index.js';
import { DEFAULT_PAGE, Operation, type OperationContext } from '../../operations/index.js';
import { Every, Job, Outbox, type Settle, type Tick } from '../../queue/index.js';
import {
  ConsolidateRequest,
  ConsolidationPage,
  ConsolidationReportResponse,
  GetConsolidationRequest,
  ListConsolidationsRequest,
  toConsolidationResponse,
  toReport,
} from './consolidation.dto.js';
import { Consolidation, ConsolidationItem } from './consolidation.entities.js';
import { ConsolidationRun } from './consolidation.run.js';

const TOPIC = 'memory.consolidate';
const DEFAULT_BATCHES = 50;

interface ConsolidateJob {
  run_id: string;
  requested_by: string;
}

/** Consolidation on demand and by the hour, and its reports. */
@Injectable()
export class ConsolidationService {
  constructor(
    private readonly consolidation: ConsolidationRun,
    private readonly database: Database,
    private readonly units: UnitOfWork,
    private readonly outbox: Outbox,
  ) {}

  @Every('hour')
  @Job(TOPIC, { concurrency: 1, isOutside: true })
  async runPromised({ payload }: Job<ConsolidateJob | Tick>, settle: Settle): Promise<void> {
    const { run_id: runId, requested_by: requestedBy } =
      'period' in payload ? { run_id: `con_${payload.period}`, requested_by: 'schedule' } : payload;
    await this.consolidation.run({ runId, requestedBy });
    await settle(() => Promise.resolve());
  }

  /** Promises a run; the same key is the same run, however often it is asked for. */
  async promise(unit: Unit, key: string, requestedBy: string): Promise<void> {
    await this.outbox.add(unit, [
      { topic: TOPIC, key: `${TOPIC}:${key}`, payload: { run_id: `con_${key}`, requested_by: requestedBy } },
    ]);
  }

  @Operation({
    name: 'memory.consolidate',
    permission: 'memory:rw',
    kind: 'task',
    request: ConsolidateRequest,
    response: ConsolidationReportResponse,
    summary:
      'Turn expired conversations into facts and repeated episodes into triples now, and report what was made and why',
    rest: 'POST /api/v1/memory/consolidate',
    aliases: { rpc: 'consolidateMemory' },
    resource: 'cache://memory',
  })
  async consolidate(
    { max_batches = DEFAULT_BATCHES }: ConsolidateRequest,
    { principal }: OperationContext,
  ): Promise<ConsolidationReportResponse> {
    const runId = newId('con');
    const isEmpty = await this.consolidation.run({ runId, requestedBy: principal.id, maxBatches: max_batches });
    if (!isEmpty) await this.units.run((unit) => this.promise(unit, `rest:${runId}`, principal.id));
    return this.get({ run_id: runId });
  }

  @Operation({
    name: 'consolidation.get',
    permission: 'memory:rw',
    kind: 'query',
    request: GetConsolidationRequest,
    response: ConsolidationReportResponse,
    summary: 'What a run of the consolidation made, why, and from what',
    rest: 'GET /api/v1/memory/consolidations/:run_id',
  })
  async get({ run_id }: GetConsolidationRequest): Promise<ConsolidationReportResponse> {
    const run = await this.database.of(Consolidation).get(run_id);
    if (!run) throw notFound('consolidation', run_id);
    return toReport(run, await this.database.of(ConsolidationItem).find({ run_id }, { order: { item_id: 'asc' } }));
  }

  @Operation({
    name: 'consolidation.list',
    permission: 'memory:rw',
    kind: 'query',
    request: ListConsolidationsRequest,
    response: ConsolidationPage,
    summary: 'Runs of the consolidation, newest first',
    rest: 'GET /api/v1/memory/consolidations',
  })
  async list({ limit = DEFAULT_PAGE, cursor, ...where }: ListConsolidationsRequest): Promise<ConsolidationPage> {
    const page = await this.database.of(Consolidation).page({ where, order: { started_at: 'desc' }, limit, cursor });
    return { items: page.items.map(toConsolidationResponse), next_cursor: page.next_cursor };
  }
}
