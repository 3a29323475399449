/** Words that, sent alone, ask to be left alone: what carriers and Twilio know, and the languages of our leads. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  en: [
    'stop',
    'stopall',
    'stop all',
    'unsubscribe',
    'cancel',
    'end',
    'quit',
    'revoke',
    'optout',
    'opt out',
    'opt-out',
    'remove',
    'remove me',
    'unsub',
    'please stop',
    'stop please',
  ],
  de: ['stopp', 'abmelden', 'abbestellen', 'austragen', 'abmeldung', 'keine werbung', 'bitte abmelden'],
  fr: [
    'arret',
    'arrêt',
    'arrêter',
    'arreter',
    'désabonner',
    'desabonner',
    'me désabonner',
    'désinscription',
    'desinscription',
    'arrêtez',
  ],
  es: ['alto', 'parar', 'baja', 'darme de baja', 'dar de baja', 'cancelar', 'detener', 'desuscribir'],
  pt: ['pare', 'parar', 'sair', 'descadastrar', 'cancelar inscrição', 'remover'],
  it: ['ferma', 'fermare', 'basta', 'cancellami', 'disiscrivimi', 'annulla iscrizione', 'disiscrizione'],
  nl: ['afmelden', 'uitschrijven', 'stoppen'],
  pl: ['wypisz', 'rezygnuję', 'rezygnuje', 'wypisz mnie'],
  sv: ['avsluta', 'avregistrera', 'sluta'],
  da: ['afmeld', 'frameld'],
  no: ['avmeld', 'slutt'],
  fi: ['lopeta', 'peruuta'],
  cs: ['odhlásit', 'odhlasit'],
  hu: ['leiratkozás', 'leiratkozas'],
  ro: ['dezabonare', 'dezabonează-mă'],
  el: ['διακοπή', 'απεγγραφή'],
  tr: ['dur', 'iptal', 'ret', 'abonelikten çık'],
  ru: ['стоп', 'отписаться', 'отписка', 'отпишите', 'отмена'],
  uk: ['відписатися', 'відписка'],
  ja: ['停止', '配信停止', '解除', '退会', 'ストップ', '配信停止希望'],
  zh: ['停止', '退订', '退訂', '取消订阅', '取消訂閱', 'td', '拒收'],
  ko: ['중지', '수신거부', '구독취소', '그만'],
  hi: ['रोकें', 'बंद करो', 'बंद करें', 'सदस्यता समाप्त'],
  ar: ['توقف', 'إيقاف', 'الغاء', 'إلغاء', 'إلغاء الاشتراك'],
  he: ['הסר', 'הסרה'],
};

/** Beginnings of a sentence that can ask nothing else. */
const PHRASES: readonly RegExp[] = [
  /^(please )?(unsubscribe|opt out|opt-out) (me|us)\b/,
  /^(please )?(remove|take|delete) (me|us|my (email|e-mail|address|number)|this (address|number)) (from|off)\b/,
  /^(please )?(stop|do not|don't|never) (emailing|e-mailing|mailing|messaging|texting|contacting|calling|writing to|email|e-mail|message|text|contact|call|write to) (me|us)\b/,
  /^(please )?stop sending (me|us)\b/,
  /^(i|we) (want|would like|wish|ask) to (unsubscribe|opt out|be removed)\b/,
  /^bitte (melden sie (mich|uns) ab|nehmen sie (mich|uns) aus|streichen sie (mich|uns)|keine (weiteren )?(mails|e-mails|nachrichten|werbung))(?!\p{L})/u,
  /^(merci de |veuillez )(me |nous )?(désabonner|désinscrire|retirer|supprimer)(?!\p{L})/u,
  /^(por favor,? )?(denme de baja|darme de baja|dadme de baja|quiero darme de baja|no me (escriban|contacten))(?!\p{L})/u,
];

const STOP_WORDS: ReadonlySet<string> = new Set(Object.values(WORDS).flat().map(plain));
/** What people put before and after a text that is not theirs, or no text. */
const QUOTE =
  /^(>|-{2,}\s*$|_{5,}|on .+ wrote:$|am .+ schrieb.*:$|le .+ a écrit\s*:$|el .+ escribió:$|from:\s|von:\s|sent from |von meinem |envoyé de )/i;
const LONGEST = 400;

/**
 * Whether a text that came in asks to be left alone: it is a stop word and nothing else but quotes, a signature or
 * punctuation, or it begins with a phrase that can mean nothing else. A text that merely holds such a word is none.
 */
export function asksToStop(text: string): boolean {
  const lines = text.slice(0, 16_000).split(/\r?\n/);
  const quoteAt = lines.findIndex((line) => QUOTE.test(line.trim()));
  const own = (quoteAt < 0 ? lines : lines.slice(0, quoteAt)).map((line) => line.trim()).filter(Boolean);
  const first = plain(own[0] ?? '');
  if (PHRASES.some((phrase) => phrase.test(first))) return true;
  const whole = own.join(' ');
  if (whole.length > LONGEST) return false;
  // a name or "thanks" under the word is a signature
  const isSigned = own.length > 1 && own.length <= 4 && own.slice(1).every((line) => line.split(/\s+/).length <= 4);
  return STOP_WORDS.has(plain(whole)) || (isSigned && STOP_WORDS.has(first));
}

/** Small letters, one space, no sign before or after. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[’]/g, "'")
    .replace(/\s+/g, ' ')
    .replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}\p{M}]+$/gu, '');
}
