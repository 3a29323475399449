import { Liquid, type Template } from 'liquidjs';
import { asData } from '../as-data.js';
import type { TemplateFields } from '../words-templates.js';
import { CHANNEL, type ChannelTraits, type OutreachChannel } from '../../../vocabulary/index.js';

const OPENING: Readonly<Record<string, string>> = {
  Professional:
    'I am writing about {% if company %}the plans of {{ company }}{% else %}your plans{% endif %} for this quarter.',
  Insightful:
    'Teams {% if industry %}in {{ industry }}{% else %}like yours{% endif %} tell us that pipeline, not traffic, is what holds them back.',
  Friendly: 'Hope your week is going well{% if persona %} - a busy one for every {{ persona }}, we hear{% endif %}.',
  Urgent: 'Places for this month are nearly gone, so this is short.',
  Playful: 'Your funnel called. It would like a little attention.',
};

const OFFER: Readonly<Record<string, string>> = {
  SubjectLine: '{{ subject_line }}.',
  AdCopy: '{{ subject_line }}{% if industry %}, made for {{ industry }}{% endif %}.',
  LandingPage: '{{ subject_line }}: the page has the details.',
  SMSCopy: '{{ subject_line }}.',
};

const ACTION = '{{ call_to_action }}{% if link %}: {{ link | raw }}{% else %} - just reply to this message{% endif %}';
const INTEREST = '{% if interest %}You had asked about {{ interest }}; we can start there.\n\n{% endif %}';

const LAYOUT: Readonly<Record<ChannelTraits['layout'], (opening: string, offer: string) => string>> = {
  letter: (opening, offer) => `Hello,\n\n${opening} ${offer}\n\n${INTEREST}${ACTION}\n\nKind regards`,
  text: (_opening, offer) => `${offer} ${ACTION}. Reply STOP to opt out`,
  post: (opening, offer) => `${opening} ${offer} ${ACTION}`,
  ad: (_opening, offer) => `${offer} ${ACTION}`,
  script: (opening, offer) => `Opening: ${opening}\nOffer: ${offer}\n${INTEREST}Ask for: {{ call_to_action }}`,
};

/** No template reaches a file or another template, and nothing is printed that did not pass `asData`. */
const engine = new Liquid({
  strictVariables: true,
  strictFilters: true,
  ownPropertyOnly: true,
  outputEscape: asData,
  templates: {},
});

const parsed = new Map<string, Template[]>();

/**
 * The body for a channel, in the variant's tone and kind of creative; unknown ones read as Professional and
 * SubjectLine.
 */
export function renderBody(
  channel: OutreachChannel,
  creativeType: string,
  tone: string,
  fields: TemplateFields,
): string {
  const opening = Object.hasOwn(OPENING, tone) ? tone : 'Professional';
  const offer = Object.hasOwn(OFFER, creativeType) ? creativeType : 'SubjectLine';
  const key = `${channel}/${offer}/${opening}`;
  let template = parsed.get(key);
  if (!template) {
    template = engine.parse(LAYOUT[CHANNEL[channel].layout](OPENING[opening]!, OFFER[offer]!));
    parsed.set(key, template);
  }
  return (engine.renderSync(template, fields) as string).trim();
}
