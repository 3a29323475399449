import { Liquid, type Template } from 'liquidjs';
import { asData } from './as-data.js';
import { CHANNEL, type ChannelTraits, type OutreachChannel } from '../../vocabulary/index.js';

/** What a template may use. All but `link` is treated as text of a stranger. */
export interface TemplateFields {
  readonly subject_line: string;
  readonly call_to_action: string;
  readonly persona: string | null;
  readonly industry: string | null;
  readonly company: string | null;
  readonly interest: string | null;
  /** Made by Herald, percent-encoded; null where no page exists. */
  readonly link: string | null;
}

/** None says anything of the reader, of others or of us that no fact holds (`check-claims`). */
const OPENING: Readonly<Record<string, string>> = {
  Professional: 'I have one idea for {% if company %}{{ company }}{% else %}your team{% endif %}.',
  Insightful:
    'A thought for teams {% if industry %}in {{ industry }}{% else %}like yours{% endif %}: what counts is pipeline, not traffic.',
  Friendly: 'I hope your week is going well.',
  Urgent: 'I keep this short.',
  Playful: 'Your funnel called. It would like a little attention.',
};

const OFFER: Readonly<Record<string, string>> = {
  SubjectLine: '{{ subject_line }}.',
  AdCopy: '{{ subject_line }}.',
  LandingPage: '{{ subject_line }}.{% if link %} The page has the details.{% endif %}',
  SMSCopy: '{{ subject_line }}.',
};

const ACTION = '{{ call_to_action }}{% if link %}: {{ link | raw }}{% else %} - just reply to this message{% endif %}';
const CLICK = '{{ call_to_action }}{% if link %}: {{ link | raw }}{% endif %}';
const INTEREST = '{% if interest %}If {{ interest }} matters to you, we can start there.\n\n{% endif %}';

const LAYOUT: Readonly<Record<ChannelTraits['layout'], (opening: string, offer: string) => string>> = {
  letter: (opening, offer) => `Hello,\n\n${opening} ${offer}\n\n${INTEREST}${ACTION}\n\nKind regards`,
  text: (_opening, offer) => `${offer} ${ACTION}. Reply STOP to opt out`,
  post: (opening, offer) => `${opening} ${offer} ${ACTION}`,
  ad: (_opening, offer) => `${offer} ${CLICK}`,
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
