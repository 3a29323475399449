import { Injectable } from '@nestjs/common';
import {
  KeepsRows,
  type Reader,
  type RowKeeper,
  SEVERAL_LEADS,
  type SqlRow,
  type Unit,
  nameOfLead,
} from '../../database/index.js';
import { CallTask } from './tasks/call-task.entity.js';

@Injectable()
@KeepsRows([
  {
    table: CallTask,
    holds: 'a long call and its answer',
    keeps: { days: 'answer', after: 'expires_at' },
    lead: { keeper: 'by the index on the lead that the answer names' },
  },
])
export class McpRows implements RowKeeper {
  async eraseLead(unit: Unit, leadId: string): Promise<boolean> {
    const tasks = (await tasksNaming(unit, leadId)).map(({ task_id }) => task_id);
    await unit.of(CallTask).delete({ task_id: tasks });
    return false;
  }

  async exportLead(reader: Reader, leadId: string): Promise<Record<string, readonly SqlRow[]>> {
    return { call_tasks: (await tasksNaming(reader, leadId)) as unknown as SqlRow[] };
  }
}

async function tasksNaming(reader: Reader, leadId: string): Promise<CallTask[]> {
  const rows = await reader.of(CallTask).find({ lead_id: [leadId, SEVERAL_LEADS] });
  const name = nameOfLead(leadId);
  return rows.filter((row) => row.lead_id === leadId || JSON.stringify(row.answer).search(name) !== -1);
}
