import { FixedClock } from '../src/config/index.js';
import { startApp } from './app.js';
import { storeCampaign, storeLead, storeInteraction, settled } from './factories.js';
it('boots', async () => {
  const clock = new FixedClock('2026-03-02T10:00:00.000Z');
  const a = await startApp({ clock });
  const c = await storeCampaign(a, { campaign_id: 'CMP1' });
  const shapes: Record<string, [object, object[]]> = {
    plain: [{ campaign_id: 'CMP1' }, []],
    good: [{ campaign_id: 'CMP1', source: 'Referral', company_size: '201-1000' }, [{ outcome: 'positive' }, { outcome: 'positive' }]],
    big: [{ campaign_id: 'CMP1', source: 'Referral', company_size: '5000+' }, [{ outcome: 'positive' }, { outcome: 'positive' }]],
    noconsent: [{ campaign_id: 'CMP1', source: 'Referral', company_size: '201-1000', gdpr_consent: false }, [{ outcome: 'positive' }, { outcome: 'positive' }]],
    cold: [{ campaign_id: 'CMP1', source: 'Outbound', company_size: '1-10', persona: 'Student' }, [{ outcome: 'negative' }, { outcome: 'negative' }, {event_type:'email_open', outcome:'unsubscribe'}]],
    inquiry: [{ source: 'Website' , persona: 'Founder'}, [{ event_type: 'site_visit' }, { event_type: 'site_visit' }, {event_type:'reply', channel:'Email'}, {event_type:'reply', channel:'Email'}]],
    empty: [{ company_size: undefined, industry: undefined, persona: undefined, region: undefined, gdpr_consent: false }, []],
  };
  for (const [name, [over, events]] of Object.entries(shapes)) {
    const lead = await storeLead(a, over as never);
    for (const e of events) await storeInteraction(a, lead.lead_id, e as never);
    const r = await a.call('POST', `/api/v1/leads/${lead.lead_id}/triage`, { priority: 'high' });
    const { category, confidence, score, route, escalations, reasons } = r.body;
    console.log(name, r.status, JSON.stringify({ category, confidence, score, route, escalations }), JSON.stringify(reasons));
    await settled(a);
    const l = (await a.call('GET', `/api/v1/leads/${lead.lead_id}`)).body;
    const h = (await a.call('GET', `/api/v1/handoffs?lead_id=${lead.lead_id}`)).body.items;
    const m = (await a.call('GET', `/api/v1/messages?lead_id=${lead.lead_id}`)).body.items;
    console.log(l.flow_state, l.lead_status, JSON.stringify(h.map((x: any) => [x.purpose, x.to_agent, x.status, x.result])), JSON.stringify(m));
  }
  await a.stop();
});
