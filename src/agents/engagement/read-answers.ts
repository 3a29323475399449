import { COMPANY_SIZES, type CompanySize, REGIONS } from '../../vocabulary/index.js';
import { questionText } from './answer-words.js';
import { QUESTIONS, type Question } from './heard.js';

/** What a lead answered, by the field of its row. */
export type Answers = Partial<Record<Question, string>>;

/** An answer stands at the head of a reply; what follows is signature and quotation. */
const LONGEST_ANSWER = 400;
/** Where a mail program begins to quote what is answered. */
const QUOTATION = /^(?:>|-{2,}\s|_{5,}|on .{5,80}wrote:|am .{5,80}schrieb|le .{5,80}écrit|from:|von:|de:)/im;

const PEOPLE =
  '(?:people|employees|staff|persons|heads|colleagues|fte|mitarbeiter\\p{L}*|leute|personen|employés|salariés|personnes|empleados|personas|dipendenti|persone|medewerkers|mensen|funcionários|pessoas|colaboradores)';
const NUMBER = "(\\d{1,3}(?:[.,' ]\\d{3})+|\\d{1,7})\\s?(k)?\\b\\+?";
const COUNT_OF_PEOPLE = new RegExp(`${NUMBER}[\\s-]{0,2}(?:full-time )?${PEOPLE}`, 'iu');
const ANY_NUMBER = new RegExp(NUMBER, 'giu');
const RANGE = /\b(\d{1,4})\s?(?:-|–|to|bis|à)\s?(\d{1,4})\b/u;
const ALONE = /\b(?:just me|only me|myself|freelancer?|self-employed|nur ich|solo|one person)\b/iu;

/** The data set's words, and how people say them; tried in this order. */
const PERSONAS: readonly (readonly [string, RegExp])[] = [
  ['CMO', /\bcmo\b|chief marketing|head of marketing|vp (?:of )?marketing|marketing director/iu],
  ['Marketing Manager', /marketing/iu],
  ['Procurement', /procurement|purchas|\bbuyer\b|einkauf|achats|compras|acquisti|inkoop/iu],
  ['Sales Lead', /\bsales\b|vertrieb|\bventes?\b|\bventas\b|vendite|verkoop|vendas/iu],
  ['Engineer', /engineer|developer|\bcto\b|\bit\b|entwickler|ingénieur|ingenier|ingegnere|engenheir/iu],
  [
    'Founder',
    /founder|\bceo\b|\bowner\b|managing director|gründer|geschäftsführer|fondateur|fundador|fondatore|oprichter/iu,
  ],
];
const INDUSTRIES: readonly (readonly [string, RegExp])[] = [
  ['FinTech', /fin-?tech|bank|financ|finanz|insurance|versicherung/iu],
  ['HealthTech', /health|medic|hospital|pharma|gesundheit|santé|salud|saúde/iu],
  ['EdTech', /ed-?tech|education|school|universit|bildung|éducation|educación/iu],
  ['E‑commerce', /e[-‑ ]?commerce|online ?shop|webshop/iu],
  ['Retail', /retail|\bstores?\b|einzelhandel|commerce de détail/iu],
  ['Manufacturing', /manufactur|factory|industrial|fertigung|produktion|fabri/iu],
  ['Media', /\bmedia\b|publish|broadcast|verlag|\bpresse?\b/iu],
  ['SaaS', /\bsaas\b|software/iu],
];

/** The fields that a message asked for, by the questions in its text. */
export function questionsIn(body: string): Question[] {
  return QUESTIONS.filter((field) => body.includes(questionText(field)));
}

/**
 * What a reply answers of the questions asked. Plain and bounded: it reads the head of the text, takes known values
 * only, and leaves out what it does not understand.
 */
export function readAnswers(text: string, asked: readonly Question[]): Answers {
  const head = text
    .slice(0, QUOTATION.exec(text)?.index ?? text.length)
    .trim()
    .slice(0, LONGEST_ANSWER);
  if (head === '') return {};
  const answers: Answers = {};
  for (const field of asked) {
    const value = READ[field](head);
    if (value !== undefined) answers[field] = value;
  }
  return answers;
}

const READ: Readonly<Record<Question, (text: string) => string | undefined>> = {
  company_size: companySize,
  persona: (text) => PERSONAS.find(([, pattern]) => pattern.test(text))?.[0],
  industry: (text) => INDUSTRIES.find(([, pattern]) => pattern.test(text))?.[0],
  region: (text) => REGIONS.find((region) => new RegExp(`(?<!\\p{L})${region}(?!\\p{L})`, 'u').test(text)),
};

function companySize(text: string): CompanySize | undefined {
  const range = RANGE.exec(text);
  const named = range && COMPANY_SIZES.find((size) => size === `${range[1]}-${range[2]}`);
  if (named) return named;
  const counted = COUNT_OF_PEOPLE.exec(text);
  if (counted) return sizeOf(counted);
  const numbers = [...text.matchAll(ANY_NUMBER)];
  if (numbers.length === 1) return sizeOf(numbers[0]!);
  return numbers.length === 0 && ALONE.test(text) ? COMPANY_SIZES[0] : undefined;
}

function sizeOf([, digits, thousands]: RegExpExecArray | RegExpMatchArray): CompanySize | undefined {
  const people = Number(digits!.replace(/\D/g, '')) * (thousands ? 1000 : 1);
  if (people < 1) return undefined;
  return COMPANY_SIZES.find((size) => people <= upperBound(size));
}

function upperBound(size: CompanySize): number {
  return size.endsWith('+') ? Infinity : Number(size.split('-')[1]);
}
