import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { type FormField, ResolutionRegistry } from '../inbox/index.js';
import { ANSWERED_BY_PERSON } from './escalation-flow.js';
import { CHANNELS, TRIAGE_CATEGORIES } from '../vocabulary/index.js';

/** What a person may change about a lead while settling its case. */
const LEAD_FORM: readonly FormField[] = [
  { name: 'triage_category', label: 'Category', type: 'choice', choices: TRIAGE_CATEGORIES },
  { name: 'lead_score', label: 'Score', type: 'whole_number', min: 0, max: 100 },
  { name: 'preferred_channel', label: 'Preferred channel', type: 'choice', choices: CHANNELS },
  { name: 'campaign_id', label: 'Campaign', type: 'text', max: 100 },
  { name: 'gdpr_consent', label: 'Consent to marketing', type: 'flag' },
];

/** Says of the cases of leads what may be answered, and how the lead goes on from it (`EscalationFlow`). */
@Injectable()
export class LeadCases implements OnModuleInit {
  constructor(private readonly resolutions: ResolutionRegistry) {}

  onModuleInit(): void {
    this.resolutions.describe({
      appliesTo: ({ reason }) => reason === 'uncertain_delivery',
      form: [],
      then: {
        approve: 'The message arrived: it counts as sent.',
        reject: 'The message did not arrive: it is sent again, if the gate still allows it.',
      },
    });
    this.resolutions.describe({
      appliesTo: ({ lead_id, reason }) => lead_id !== null && ANSWERED_BY_PERSON.has(reason),
      form: LEAD_FORM,
      then: {
        answered: 'You have answered the lead: it rests, and nothing automatic follows.',
        approve: 'The same as answered.',
        reject: 'The lead is closed: what is planned for it is cancelled, and nothing more is sent.',
        change: 'The lead takes these values and goes on by them, once no other case holds it.',
        return: 'The agent that you name looks at the lead again.',
      },
    });
    this.resolutions.describe({
      appliesTo: ({ lead_id }) => lead_id !== null,
      form: LEAD_FORM,
      then: {
        approve: 'The lead goes on by its category, once no other case holds it.',
        reject: 'The lead is closed: what is planned for it is cancelled, and nothing more is sent.',
        change: 'The lead takes these values and goes on by them, once no other case holds it.',
        return: 'The agent that you name looks at the lead again.',
        answered: 'You have seen to it yourself: the case is closed, and no longer holds the lead.',
      },
    });
  }
}
