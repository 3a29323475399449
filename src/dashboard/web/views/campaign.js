import { can, get, post } from '../lib/api.js';
import { fill, h } from '../lib/dom.js';
import {
  formatCompact,
  formatDay,
  formatNumber,
  formatRatio,
  formatShare,
  formatUsd,
  formatUsdCompact,
  humanise,
} from '../lib/format.js';
import { link } from '../lib/router.js';
import { lineChart } from '../parts/line-chart.js';
import { actionButton } from '../parts/notices.js';
import { badge, card, factList, jsonFacts, pageHead, reasonList } from '../parts/pieces.js';
import { empty } from '../parts/states.js';
import { table } from '../parts/table.js';
import { phaseOf } from './campaigns.js';

export async function campaignView({ params: { campaignId }, signal }) {
  const path = `/api/v1/campaigns/${encodeURIComponent(campaignId)}`;
  const [campaign, daily, variants] = await Promise.all([
    get(path, {}, signal),
    get(`${path}/daily`, {}, signal),
    get(`${path}/variants`, {}, signal),
  ]);
  const advice = h('div', { 'aria-live': 'polite' });
  const optimise = actionButton(
    'Optimise',
    async () => {
      const answer = await post(`${path}/optimize`);
      fill(advice, adviceCard(answer));
      advice.scrollIntoView({ block: 'nearest' });
      return answer.optimizations.length === 1 ? '1 recommendation' : `${answer.optimizations.length} recommendations`;
    },
    { kind: 'primary' },
  );
  return [
    h('p', { class: 'crumb' }, h('a', { href: '#/campaigns' }, '← Campaigns')),
    pageHead(
      campaign.name,
      `${campaign.objective} · ${formatDay(campaign.start_date)} to ${formatDay(campaign.end_date)}`,
      can('campaigns:write') && optimise,
    ),
    h(
      'div',
      { class: 'stack' },
      card(
        'Facts',
        factList([
          ['Status', badge(phaseOf(campaign))],
          ['Id', campaign.campaign_id],
          ['KPI', campaign.kpi],
          ['Daily budget', formatUsd(campaign.daily_budget_usd)],
          ['Total budget', formatUsd(campaign.total_budget_usd)],
          ['Channels', campaign.channel_mix.join(', ')],
          ['Region', campaign.primary_region],
          ['Personas', campaign.target_personas.join(', ')],
          ['Owner', campaign.owner_email],
        ]),
      ),
      card('Totals', totals(daily.totals)),
      advice,
      card('Day by day', daily.days.length > 0 ? charts(daily.days) : empty('No days yet')),
      variants.items.length > 0 && card('Variants', variantTable(variants.items)),
    ),
  ];
}

function totals(all) {
  return factList([
    ['Impressions', formatNumber(all.impressions)],
    ['Clicks', formatNumber(all.clicks)],
    ['Leads', formatNumber(all.leads_created)],
    ['Conversions', formatNumber(all.conversions)],
    ['Cost', formatUsd(all.cost_usd)],
    ['Revenue', formatUsd(all.revenue_usd)],
    ['ROAS', formatRatio(all.roas)],
    ['CTR', formatShare(all.ctr)],
    ['Cost per lead', formatUsd(all.cpl_usd)],
    ['Conversion rate', formatShare(all.conversion_rate)],
  ]);
}

function charts(days) {
  const labels = days.map(({ date }) => date);
  const values = (name) => days.map((day) => day[name]);
  const shared = { labels, formatLabel: formatDay };
  return [
    lineChart({
      ...shared,
      title: 'Cost and revenue a day',
      format: formatUsd,
      formatTick: formatUsdCompact,
      series: [
        { name: 'Cost', values: values('cost_usd') },
        { name: 'Revenue', values: values('revenue_usd') },
      ],
    }),
    lineChart({
      ...shared,
      title: 'Leads and conversions a day',
      format: formatNumber,
      formatTick: formatCompact,
      series: [
        { name: 'Leads', values: values('leads_created') },
        { name: 'Conversions', values: values('conversions') },
      ],
    }),
    lineChart({
      ...shared,
      title: 'Click-through rate',
      format: formatShare,
      series: [{ name: 'CTR', values: values('ctr') }],
    }),
    h(
      'details',
      { class: 'raw' },
      h('summary', null, 'The days as a table'),
      table(
        'Days of the campaign',
        [
          { title: 'Day', isKey: true, cell: ({ date }) => formatDay(date) },
          { title: 'Impressions', isNumber: true, cell: (day) => formatNumber(day.impressions) },
          { title: 'Clicks', isNumber: true, cell: (day) => formatNumber(day.clicks) },
          { title: 'CTR', isNumber: true, cell: (day) => formatShare(day.ctr) },
          { title: 'Leads', isNumber: true, cell: (day) => formatNumber(day.leads_created) },
          { title: 'Conversions', isNumber: true, cell: (day) => formatNumber(day.conversions) },
          { title: 'Cost', isNumber: true, cell: (day) => formatUsd(day.cost_usd) },
          { title: 'Revenue', isNumber: true, cell: (day) => formatUsd(day.revenue_usd) },
          { title: 'ROAS', isNumber: true, cell: (day) => formatRatio(day.roas) },
        ],
        days,
      ),
    ),
  ];
}

function variantTable(variants) {
  return table(
    'Variants of the campaign',
    [
      { title: 'Variant', isKey: true, cell: ({ variant_id }) => h('span', { class: 'id' }, variant_id) },
      { title: 'Channel', cell: ({ channel }) => channel },
      { title: 'Subject', cell: ({ subject_line }) => subject_line },
      { title: 'Call to action', cell: ({ call_to_action }) => call_to_action },
      { title: 'Tone', cell: ({ tone }) => tone },
      { title: 'Words', isNumber: true, cell: ({ length_words }) => formatNumber(length_words) },
    ],
    variants,
  );
}

function adviceCard({ optimizations, triggers = [], notes = [], decision_id }) {
  const fired = triggers.filter((each) => each.fired);
  return card(
    'What the optimiser recommends',
    optimizations.length === 0 && h('p', null, 'Nothing that is worth a change.'),
    optimizations.map(recommendation),
    fired.length > 0 && [
      h('h3', null, 'What set it off'),
      reasonList(fired.map(({ trigger, reason }) => [h('strong', null, humanise(trigger)), `: ${reason}`])),
    ],
    notes.length > 0 && [h('h3', null, 'Notes'), reasonList(notes)],
    decision_id && h('p', null, h('a', { href: link('decisions', decision_id) }, 'The decision in full')),
  );
}

function recommendation({
  type,
  description,
  impact_estimate,
  impact_interval,
  impact_metric,
  evidence,
  auto_apply,
  auto_apply_reason,
  approval_id,
}) {
  const interval = impact_interval
    ? ` (95 % between ${formatShare(impact_interval[0])} and ${formatShare(impact_interval[1])})`
    : '';
  return h(
    'article',
    { class: 'recommendation' },
    h(
      'h3',
      null,
      humanise(type),
      ' ',
      badge(auto_apply ? 'carried out' : approval_id ? 'waits for approval' : 'proposed', auto_apply ? 'good' : 'warm'),
    ),
    h('p', null, description),
    h(
      'p',
      { class: 'muted' },
      `Expected: ${impact_estimate > 0 ? '+' : ''}${formatShare(impact_estimate)} ${humanise(impact_metric ?? '').toLowerCase()}${interval}. ${auto_apply_reason ?? ''}`,
    ),
    approval_id &&
      can('approvals:read') &&
      h('p', null, h('a', { href: link('inbox', 'approval', approval_id) }, 'Decide it in the inbox')),
    evidence && h('details', null, h('summary', null, 'Evidence'), jsonFacts(evidence)),
  );
}
