import { subjectOf } from './subject-of.js';

describe('subjectOf', () => {
  it.each([
    ['lead.triage', { lead_id: 'L1', campaign_id: 'C1' }, {}, { kind: 'lead', id: 'L1' }],
    ['campaign.create', { name: 'Spring' }, { campaign_id: 'C1' }, { kind: 'campaign', id: 'C1' }],
    ['approval.approve', { approval_id: 'A1' }, { approval_id: 'A1', lead_id: 'L1' }, { kind: 'approval', id: 'A1' }],
    ['memory.store', { conversation_id: 'V1', lead_id: 'L1' }, {}, { kind: 'lead', id: 'L1' }],
    ['message.plan', { lead_id: 'L1', body: 'x' }, { message_id: 'M1' }, { kind: 'message', id: 'M1' }],
    ['lead.triage_many', { lead_ids: ['L1', 'L2'] }, {}, null],
    ['auth.logout', {}, {}, null],
  ])('of %s with %j and %j', (operation, request, response, subject) => {
    expect(subjectOf(operation, request, response)).toEqual(subject);
  });
});
