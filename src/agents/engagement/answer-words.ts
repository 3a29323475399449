import type { HotAsk } from '../core/index.js';
import { CHANNEL, type OutreachChannel, REGIONS } from '../../vocabulary/index.js';
import type { Words } from './check-words.js';
import type { Question } from './heard.js';

const ASKED: Readonly<Record<HotAsk, string>> = { buy: 'a contract', demo: 'a demo', call: 'a call', price: 'a price' };

const QUESTION: Readonly<Record<Question, { readonly about: string; readonly text: string }>> = {
  company_size: { about: 'your company', text: 'roughly how many people work at your company?' },
  persona: { about: 'your role', text: 'what is your role?' },
  industry: { about: 'your industry', text: 'which industry are you in?' },
  region: { about: 'your region', text: `which region are you in (${REGIONS.join(', ')})?` },
};

/** The question for a field, as messages ask it. */
export function questionText(field: Question): string {
  return QUESTION[field].text;
}

/** "You asked for a demo and a price": what the lead's own words hold. */
export function youAskedFor(asks: readonly HotAsk[]): string {
  return `You asked for ${asks.map((ask) => ASKED[ask]).join(' and ')}`;
}

/** The first answer to a buyer: it says what was heard and who answers, and nothing else. */
export function answerTo(asks: readonly HotAsk[], channel: OutreachChannel): Words {
  const heard = youAskedFor(asks);
  return inLayout(channel, heard, `${heard}. A colleague will get back to you about it personally.`);
}

/** A message that really asks, at most two things, and says how to answer. */
export function askFor(fields: readonly Question[], channel: OutreachChannel): Words {
  const questions = fields.map((field) => QUESTION[field]);
  const subject = `A question about ${questions.map(({ about }) => about).join(' and ')}`;
  const text = questions.map((question) => question.text).join(' And ');
  return inLayout(channel, subject, `So that we only send what fits: ${text} Just reply to this message.`);
}

function inLayout(channel: OutreachChannel, subject: string, text: string): Words {
  const { layout, hasSubject } = CHANNEL[channel];
  const body =
    layout === 'letter'
      ? `Hello,\n\n${text}\n\nKind regards`
      : layout === 'text'
        ? `${text} Reply STOP to opt out`
        : text;
  return { subject: hasSubject ? subject : null, body };
}
