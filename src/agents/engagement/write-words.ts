import type { EngagementFacts } from '../core/index.js';
import type { Words } from './check-words.js';
import type { RankedOption } from './choose-variant.js';
import { asData } from './as-data.js';
import { checkPressure } from './check-claims.js';
import { renderBody } from './words-templates.js';
import { CHANNEL, type OutreachChannel } from '../../vocabulary/index.js';

/** What a language model is told: the choice that is made already, and facts about the lead as data. */
export interface WordsBrief {
  readonly channel: OutreachChannel;
  readonly variant_id: string;
  readonly creative_type: string;
  readonly tone: string;
  readonly subject_line: string;
  readonly call_to_action: string;
  readonly length_words: number | null;
  readonly link: string | null;
  readonly persona: string;
  readonly industry: string;
  readonly interest: string;
}

/** A model's words, bound to the option that they were written for. They become part of the decision's inputs. */
export interface DraftedWords extends Words {
  readonly variant_id: string;
  readonly channel: OutreachChannel;
  readonly model: string;
}

/**
 * The place where a language model plugs in. It only phrases: what it returns is checked (`checkWords`) and dropped
 * for the template if anything is wrong. Null means "no words"; a failure must not stop the outreach.
 */
export abstract class WordsModel {
  /** False where no model stands behind it; it is then not asked. */
  abstract readonly isConfigured: boolean;
  abstract write(brief: WordsBrief): Promise<DraftedWords | null>;
}

/** No language model configured: templates write everything. */
export class NoWordsModel extends WordsModel {
  readonly isConfigured = false;

  write(): Promise<null> {
    return Promise.resolve(null);
  }
}

const DEFAULT_SUBJECT_LINE = 'A short idea for your team';
const DEFAULT_CALL_TO_ACTION = 'Learn More';
const DEFAULT_TONE = 'Professional';

export interface TemplateWords extends Words {
  readonly call_to_action: string;
  readonly link: string | null;
}

/** The words of a brief, from the template of its channel, creative type and tone. */
export function writeFromTemplate(
  brief: WordsBrief,
  facts: Pick<EngagementFacts, 'short_term'>,
  render: typeof renderBody = renderBody,
): TemplateWords {
  const body = render(brief.channel, brief.creative_type, brief.tone, {
    subject_line: brief.subject_line,
    call_to_action: brief.call_to_action,
    persona: brief.persona || null,
    industry: brief.industry || null,
    company: asData(facts.short_term?.slots.company) || null,
    interest: brief.interest || null,
    link: brief.link,
  });
  return {
    subject: CHANNEL[brief.channel].hasSubject ? brief.subject_line : null,
    body,
    call_to_action: brief.call_to_action,
    link: brief.link,
  };
}

/** The brief for an option. A marketer's words are a marketer's own, but none that put the reader under pressure. */
export function briefFor(facts: EngagementFacts, option: RankedOption, landingBaseUrl: string | null): WordsBrief {
  const brief = briefOf(facts, option, landingBaseUrl);
  return {
    ...brief,
    subject_line: checkPressure(brief.subject_line) ? DEFAULT_SUBJECT_LINE : brief.subject_line,
    call_to_action: checkPressure(brief.call_to_action) ? DEFAULT_CALL_TO_ACTION : brief.call_to_action,
  };
}

/** The brief for an option, in a marketer's words whatever they say. */
export function briefOf(
  { lead, campaign, long_term: memory }: EngagementFacts,
  { variant, channel }: RankedOption,
  landingBaseUrl: string | null,
): WordsBrief {
  const path = [campaign?.campaign_id ?? 'welcome', variant.variant_id || 'plain'].map(encodeURIComponent).join('/');
  return {
    channel,
    variant_id: variant.variant_id,
    creative_type: variant.creative_type,
    tone: variant.tone ?? DEFAULT_TONE,
    subject_line: asData(variant.subject_line) || DEFAULT_SUBJECT_LINE,
    call_to_action: asData(variant.call_to_action) || DEFAULT_CALL_TO_ACTION,
    length_words: variant.length_words,
    link: landingBaseUrl === null ? null : `${landingBaseUrl}/${path}`,
    persona: asData(lead.persona),
    industry: asData(lead.industry),
    interest: asData(memory?.interests[0]).replaceAll('_', ' '),
  };
}
