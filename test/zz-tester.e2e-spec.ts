import { startApp } from './app.js';
it('boots', async () => {
  const t = performance.now();
  const a = await startApp();
  console.log('boot', performance.now() - t);
  const r = await a.call('POST', '/api/v1/leads', { source: 'Website', triage: true });
  console.log(r.status, r.body, await (await fetch(a.url + '/api/v1/leads', {method:'OPTIONS'})).text());
  const t2 = performance.now();
  await a.stop();
  console.log('stop', performance.now() - t2);
});
