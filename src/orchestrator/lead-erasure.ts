import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { Clock } from '../config/index.js';
import { LeadRemoval } from '../crm/index.js';
import type { Unit } from '../database/index.js';
import { Decision } from '../decisions/index.js';
import { LeadMemoryService } from '../memory/index.js';
import { Handoff } from './handoffs/handoff.entity.js';
import { Approval, Escalation } from '../inbox/index.js';

/** Where a lead is named in the text of rows that are not its own. */
const NAMING = [
  { table: 'live_events', key: 'id', columns: ['events'] },
  { table: 'outbox', key: 'outbox_id', columns: ['payload', 'idempotency_key'] },
  { table: 'a2a_tasks', key: 'task_id', columns: ['input', 'task'] },
  { table: 'a2a_task_events', key: 'event_id', columns: ['event'] },
] as const;
/** What belongs to a task of the A2A door, and the task. */
const A2A_TABLES = ['a2a_push_configs', 'a2a_messages', 'a2a_task_events', 'a2a_tasks'] as const;

/** What of a deleted lead lies in memory, the ledger, the inbox and the kept answers goes with it. */
@Injectable()
export class LeadErasure implements OnModuleInit {
  constructor(
    private readonly removal: LeadRemoval,
    private readonly memory: LeadMemoryService,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.removal.register((unit, leadId) => this.erase(unit, leadId));
  }

  private async erase(unit: Unit, leadId: string): Promise<void> {
    await this.memory.forgetLead(unit, leadId, this.clock.iso());
    await unit.of(Decision).delete({ subject_type: 'lead', subject_id: leadId });
    await unit.of(Handoff).delete({ lead_id: leadId });
    await unit.of(Escalation).delete({ lead_id: leadId });
    await unit.of(Approval).delete({ lead_id: leadId });
    // answers that are kept to be given again hold the lead's address
    const mention = `%"lead_id":${JSON.stringify(leadId)}%`.replace(/[\\_]/g, '\\$&');
    await unit.execute(`DELETE FROM idempotency_keys WHERE CAST(response AS text) LIKE ? ESCAPE '\\'`, [mention]);
    await this.forgetTasks(unit, leadId);
    await this.unname(unit, leadId);
  }

  /**
   * Tasks that asked or told about the lead. One that waits for a person's yes stays without the name: that yes may
   * be to this erasure.
   */
  private async forgetTasks(unit: Unit, leadId: string): Promise<void> {
    const { name, pattern } = mentionsOf(leadId);
    const rows = await unit.query(
      `SELECT task_id, CAST(input AS text) AS input, CAST(task AS text) AS task FROM a2a_tasks
       WHERE (state <> 'TASK_STATE_INPUT_REQUIRED' OR approval_id IS NULL) AND (CAST(input AS text) LIKE ? ESCAPE '\\' OR CAST(task AS text) LIKE ? ESCAPE '\\')`,
      [pattern, pattern],
    );
    for (const { task_id, input, task } of rows) {
      if (`${String(input)} ${String(task)}`.search(name) === -1) continue;
      for (const table of A2A_TABLES) await unit.execute(`DELETE FROM ${table} WHERE task_id = ?`, [task_id]);
    }
  }

  /**
   * Events and jobs that name the lead stay, for others count on their places and states, but they name nobody any
   * more. The notice that the lead is gone is written after this.
   */
  private async unname(unit: Unit, leadId: string): Promise<void> {
    const { name, pattern } = mentionsOf(leadId);
    for (const { table, key, columns } of NAMING) {
      const texts = columns.map((column) => `CAST(${column} AS text)`);
      const condition = texts.map((text) => `${text} LIKE ? ESCAPE '\\'`).join(' OR ');
      const selected = texts.map((text, index) => `${text} AS ${columns[index]}`).join(', ');
      const rows = await unit.query(
        `SELECT ${key}, ${selected} FROM ${table} WHERE ${condition}`,
        columns.map(() => pattern),
      );
      for (const row of rows) {
        const values = columns.map((column) => String(row[column]).replace(name, `forgotten-${String(row[key])}`));
        await unit.execute(
          `UPDATE ${table} SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE ${key} = ?`,
          [...values, row[key]],
        );
      }
    }
  }
}

/** How a text that names the lead is found: by SQL, and among those exactly. */
function mentionsOf(leadId: string): { name: RegExp; pattern: string } {
  return {
    name: new RegExp(`(?<![\\w-])${leadId.replace(/[^\w-]/g, '\\$&')}(?![\\w-])`, 'g'),
    pattern: `%${leadId.replace(/[\\%_]/g, '\\$&')}%`,
  };
}
