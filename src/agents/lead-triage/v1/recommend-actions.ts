import type { EscalationWish } from '../../core/index.js';
import type { IntentReading } from '../intent-signals.js';
import type { RecommendedAction, TriageRoute } from '../triage-outcome.js';
import type { ProvenStep } from './proven-step.js';
import type { TriageCategory } from '../../../vocabulary/index.js';

/** The next steps, most urgent first, in the words of the data set's playbooks where it has one. */
export function recommendActions(about: {
  readonly route: TriageRoute;
  readonly category: TriageCategory;
  readonly hasConsent: boolean;
  readonly askFor: readonly string[];
  readonly intent: IntentReading;
  readonly escalations: readonly EscalationWish[];
  readonly proven?: ProvenStep | undefined;
}): RecommendedAction[] {
  const actions: RecommendedAction[] = about.escalations.map(({ reason, summary }) => ({
    action: 'escalate_manager',
    description: `${reason}: ${summary}`,
  }));
  if (about.askFor.length > 0)
    actions.push({ action: 'request_details', description: `ask for ${about.askFor.join(', ')}` });
  if (!about.hasConsent && about.route !== 'support') {
    actions.push({
      action: 'obtain_consent',
      description: 'wait for the lead to come back and ask for consent; nothing may be sent before',
    });
  }
  const heard = new Set(about.intent.signals.map((signal) => signal.name));
  const { proven } = about;
  const provenAt = actions.length;
  if (proven && (about.route === 'engagement' || about.route === 'nurture')) {
    const description = `did ${proven.lift.toFixed(2)} better than usual in ${proven.episode_ids.length} similar cases: ${proven.episode_ids.slice(0, 3).join(', ')}`;
    actions.push({ action: proven.step, description });
  }
  switch (about.route) {
    case 'engagement':
      if (heard.has('book_demo') || heard.has('said_demo'))
        actions.push({ action: 'book_demo', description: 'offer times for a demo' });
      else if (heard.has('negotiate') || heard.has('said_pricing'))
        actions.push({ action: 'offer_trial', description: 'answer on price and offer a trial' });
      if (heard.has('request_callback')) actions.push({ action: 'call_back', description: 'call back as asked' });
      actions.push({
        action: 'handoff_engagement',
        description: 'hand over to the engagement agent with the whole context',
      });
      break;
    case 'nurture':
      actions.push({
        action: 'start_nurture',
        description: 'put on the slow sequence and look again when the lead reacts',
      });
      break;
    case 'support':
      if (heard.has('download_asset') || heard.has('said_case_studies'))
        actions.push({ action: 'send_case_study', description: 'send what was asked for' });
      actions.push({ action: 'handoff_support', description: 'answer the question at the support desk' });
      break;
    case 'person':
      actions.push({ action: 'review', description: `a person decides; the proposal is ${about.category}` });
      break;
  }
  // what is usual is not said again of what is proven
  return actions.filter(({ action }, at) => at <= provenAt || action !== actions[provenAt]?.action);
}
