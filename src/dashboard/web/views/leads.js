import { h } from '../lib/dom.js';
import { NOTHING, formatNumber } from '../lib/format.js';
import { link } from '../lib/router.js';
import { vocabulary } from '../lib/vocabulary.js';
import { badge, pageHead, when } from '../parts/pieces.js';
import { listView } from '../parts/table.js';

export async function leadsView({ signal }) {
  const { lead_statuses, triage_categories, regions } = await vocabulary();
  return [
    pageHead('Leads', 'The newest first. A lead’s page shows how it was triaged, why, and what happened since.'),
    listView({
      path: '/api/v1/leads',
      caption: 'Leads',
      changes: ['db://leads'],
      signal,
      filters: [
        { name: 'lead_status', label: 'Status', options: lead_statuses },
        { name: 'triage_category', label: 'Category', options: triage_categories },
        { name: 'region', label: 'Region', options: [...regions].sort() },
        { name: 'campaign_id', label: 'Campaign id', kind: 'search' },
      ],
      columns: [
        {
          title: 'Lead',
          isKey: true,
          cell: ({ lead_id }) => h('a', { class: 'id', href: link('leads', lead_id) }, lead_id),
        },
        { title: 'Status', cell: ({ lead_status }) => badge(lead_status) },
        { title: 'Category', cell: ({ triage_category }) => badge(triage_category) },
        { title: 'Score', isNumber: true, cell: ({ lead_score }) => formatNumber(lead_score) },
        { title: 'Persona', cell: ({ persona }) => persona ?? NOTHING },
        { title: 'Industry', cell: ({ industry }) => industry ?? NOTHING },
        { title: 'Employees', cell: ({ company_size }) => company_size ?? NOTHING },
        { title: 'Region', cell: ({ region }) => region ?? NOTHING },
        { title: 'Source', cell: ({ source }) => source },
        { title: 'Created', cell: ({ created_at }) => when(created_at) },
      ],
      emptyTitle: 'No leads',
      emptyHint: 'Import a data set with “npx herald import”, or post leads to /api/v1/leads.',
    }),
  ];
}
