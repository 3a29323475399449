import { Injectable } from '@nestjs/common';
import { type KeepKind, Settings, keepSetting } from '../config/index.js';
import { type OwnedTable, Retention, RowKeepers } from '../database/index.js';
import { Every, Job, type Settle } from '../queue/index.js';
import { Log } from '../telemetry/index.js';
import { IntNum, Nested, Str } from './fields.js';
import { Operation } from './operation.js';

class StorageRequest {}

class TableStorage {
  @Str({ example: 'leads' }) table!: string;
  @Str({ description: 'What a row is' }) holds!: string;
  @Str({ description: 'How long rows stay' }) kept!: string;
  @IntNum() rows!: number;
  @IntNum({ description: 'On disk, with the indexes' }) bytes!: number;
}

class StorageResponse {
  @Nested(() => TableStorage, { array: true }) tables!: TableStorage[];
  @IntNum() rows!: number;
  @IntNum() bytes!: number;
}

/** What the tables hold, and that it does not outstay its time. */
@Injectable()
export class StorageService {
  constructor(
    private readonly keepers: RowKeepers,
    private readonly retention: Retention,
    private readonly settings: Settings,
    private readonly log: Log,
  ) {}

  @Operation({
    name: 'system.storage',
    permission: 'system:read',
    kind: 'query',
    request: StorageRequest,
    response: StorageResponse,
    rest: 'GET /api/v1/system/storage',
    summary: 'What each table holds, how long, and how much of it there is',
  })
  async storage(): Promise<StorageResponse> {
    const sizes = new Map((await this.keepers.sizes()).map((size) => [size.table, size]));
    const tables = this.keepers.tables.flatMap((table) => {
      const size = sizes.get(table.name);
      return size ? [{ ...size, holds: table.holds, kept: this.keptInWords(table) }] : [];
    });
    const sum = (of: 'rows' | 'bytes'): number => tables.reduce((total, table) => total + table[of], 0);
    return { tables, rows: sum('rows'), bytes: sum('bytes') };
  }

  @Every('hour', { isUnseen: true })
  @Job('rows.retention', { concurrency: 1, isOutside: true })
  async sweep(_: Job, settle: Settle): Promise<void> {
    const gone = await this.retention.sweep();
    if (Object.keys(gone).length > 0) this.log.info({ rows: gone }, 'rows that had outstayed their time were removed');
    await settle(() => Promise.resolve());
  }

  private keptInWords({ keeps }: OwnedTable): string {
    const days = (kind: KeepKind): string => {
      const number = this.settings.keepDays[kind];
      return `${number} ${number === 1 ? 'day' : 'days'} (${keepSetting(kind)})`;
    };
    return [keeps]
      .flat()
      .map((each) => {
        if ('until' in each) return each.until.startsWith('always') ? each.until : `until ${each.until}`;
        if ('swept' in each) return each.swept;
        const which = 'when' in each && each.when ? `, where ${each.when}` : '';
        const whose = 'ownKeys' in each ? "the server's own " : '';
        return `${whose}${days(each.days)} after ${/^\w+$/.test(each.after) ? each.after : 'its run'}${which}`;
      })
      .join('; ');
  }
}
