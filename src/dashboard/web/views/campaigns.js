import { get } from '../lib/api.js';
import { fill, h } from '../lib/dom.js';
import { NOTHING, choicesOf, formatDay, formatRatio, formatShare, formatUsd } from '../lib/format.js';
import { link } from '../lib/router.js';
import { vocabulary } from '../lib/vocabulary.js';
import { badge, pageHead } from '../parts/pieces.js';
import { listView } from '../parts/table.js';

const METRICS = {
  cost_usd: formatUsd,
  revenue_usd: formatUsd,
  roas: formatRatio,
  ctr: formatShare,
  cpl_usd: formatUsd,
  conversion_rate: formatShare,
};
const AT_ONCE = 4;

/** Its status; a campaign that nobody ended is over all the same once its last day has passed. */
export function phaseOf({ status, end_date }) {
  return status === 'active' && end_date && Date.parse(end_date) < Date.now() ? 'over' : status;
}

export async function campaignsView({ signal }) {
  const { campaign_statuses } = await vocabulary();
  const cells = new Map();
  const metric =
    (name) =>
    ({ campaign_id }) => {
      const cell = h('span', { class: 'muted' }, '…');
      cells.set(`${campaign_id} ${name}`, cell);
      return cell;
    };
  return [
    pageHead(
      'Campaigns',
      'Money and answers over all days. A campaign’s page shows the days, and what the optimiser would do.',
    ),
    listView({
      path: '/api/v1/campaigns',
      caption: 'Campaigns',
      changes: ['db://campaigns'],
      signal,
      filters: [{ name: 'status', label: 'Status', options: choicesOf(campaign_statuses) }],
      columns: [
        {
          title: 'Campaign',
          isKey: true,
          cell: ({ campaign_id, name, objective }) =>
            h(
              'div',
              { class: 'name-cell' },
              h('a', { href: link('campaigns', campaign_id) }, name),
              h('div', { class: 'muted small' }, objective),
            ),
        },
        { title: 'Status', cell: (campaign) => badge(phaseOf(campaign)) },
        { title: 'Ends', cell: ({ end_date }) => h('span', { class: 'nowrap' }, formatDay(end_date)) },
        { title: 'Daily budget', isNumber: true, cell: ({ daily_budget_usd }) => formatUsd(daily_budget_usd) },
        { title: 'Cost', isNumber: true, cell: metric('cost_usd') },
        { title: 'Revenue', isNumber: true, cell: metric('revenue_usd') },
        { title: 'ROAS', isNumber: true, cell: metric('roas') },
        { title: 'CTR', isNumber: true, cell: metric('ctr') },
        { title: 'CPL', isNumber: true, cell: metric('cpl_usd') },
        { title: 'Conversion', isNumber: true, cell: metric('conversion_rate') },
      ],
      emptyTitle: 'No campaigns',
      emptyHint: 'Import a data set with “npx herald import”, or post campaigns to /api/v1/campaigns.',
      onRows: (rows) => void fillMetrics(rows, cells, signal),
    }),
  ];
}

/** Totals come campaign by campaign, a few at a time, after the list is on the screen. */
async function fillMetrics(rows, cells, signal) {
  const waiting = [...rows];
  const work = async () => {
    for (let row = waiting.shift(); row && !signal.aborted; row = waiting.shift()) {
      const answer = await get(`/api/v1/campaigns/${encodeURIComponent(row.campaign_id)}/daily`, {}, signal).catch(
        () => undefined,
      );
      for (const [name, format] of Object.entries(METRICS)) {
        const cell = cells.get(`${row.campaign_id} ${name}`);
        cell?.classList.remove('muted');
        if (cell) fill(cell, answer ? format(answer.totals[name]) : NOTHING);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
