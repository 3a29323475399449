import type { NewLiveEvent } from './live-event.js';
import { type LiveEventRow, packEvent, unpackRow } from './live-event-row.entity.js';

const AT = '2026-03-02T10:00:00.000Z';
const event = (over: Partial<NewLiveEvent>): NewLiveEvent => ({
  type: 'resource.updated',
  subject_kind: 'resource',
  subject_id: 'db://leads/L-1',
  scope: 'leads:read',
  data: { lead_id: 'L-1' },
  ...over,
});
const handoff = { status: 'requested', purpose: 'engagement', from_agent: 'LT-001', to_agent: 'EN-001' };

describe('a live event', () => {
  it.each<[string, NewLiveEvent]>([
    ['of a frequent type', event({})],
    [
      'whose last value is null',
      event({
        subject_kind: 'handoff',
        type: 'handoff.requested',
        scope: 'handoffs:read',
        subject_id: 'hof_1',
        data: { ...handoff, lead_id: null, campaign_id: null },
      }),
    ],
    ['with further data', event({ data: { lead_id: 'L-1', interaction_id: 'I-1' } })],
    [
      'about something else',
      event({ subject_id: 'db://campaigns/C', scope: 'campaigns:read', data: { campaign_id: 'C' } }),
    ],
    [
      'of a rare type',
      event({ type: 'message.event', subject_kind: 'message', scope: 'messages:read', data: { event: 'open' } }),
    ],
    ['without data', event({ data: {} })],
  ])('%s is read as it was told', (_, told) => {
    const row: LiveEventRow = { id: 7, at: AT, events: JSON.parse(JSON.stringify([packEvent(told)])) };
    expect(unpackRow(row)).toEqual([{ event_id: '7-0', at: AT, ...told }]);
  });

  it('of a frequent type is written without the names of its fields', () => {
    expect(packEvent(event({}))).toEqual(['resource.updated', 'db://leads/L-1', 'L-1']);
  });
});
