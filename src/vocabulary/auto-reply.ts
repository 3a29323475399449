/** Headers of a mail by their names, in any case. */
export type MailHeaders = Readonly<Record<string, unknown>>;

const AUTOMATIC_PRECEDENCE = /^(auto_reply|auto-reply|bulk|junk|list)$/i;
/** How automatic answers name themselves where no header does, at the head of subject or text. */
const SAYS_SO =
  /^\s*(re:\s*)?(auto(matic|mated)?[ -]?(reply|response|answer)\b|autoreply\b|out of (the )?office\b|i am (currently )?out of (the )?office\b|i('m| am) (currently )?(on (annual |parental |maternity )?leave|away from (the|my) office)\b|abwesenheits(notiz|nachricht)|automatische antwort|ich bin (derzeit |zurzeit |zur zeit )?(nicht im (büro|haus)|außer haus|abwesend)|réponse automatique|absence du bureau|je suis (actuellement )?absente?\b|respuesta automática|fuera de la oficina|resposta automática|risposta automatica|fuori (sede|ufficio)|automatisch antwoord|自動応答|自动回复|自動回覆|автоответ)/iu;

/**
 * Why a mail is taken for an automatic answer (RFC 3834), or null for one that a person wrote. Headers decide; the
 * words of subject and text only where no header speaks.
 */
export function autoReplyReason(headers: MailHeaders, text: string): string | null {
  const header = (name: string): string | undefined => {
    const found = Object.keys(headers).find((each) => each.toLowerCase() === name);
    const value = found === undefined ? undefined : headers[found];
    return typeof value === 'string' || typeof value === 'boolean' ? String(value).trim() : undefined;
  };
  const submitted = header('auto-submitted');
  if (submitted !== undefined && !/^no\b/i.test(submitted)) return `Auto-Submitted: ${submitted.slice(0, 80)}`;
  const precedence = header('precedence');
  if (precedence !== undefined && AUTOMATIC_PRECEDENCE.test(precedence)) return `Precedence: ${precedence}`;
  for (const name of ['x-autoreply', 'x-autorespond', 'x-auto-response'])
    if (![undefined, 'no', 'false'].includes(header(name)?.toLowerCase())) return `${name} is set`;
  const path = header('return-path');
  if (path === '<>' || path === '') return 'the return path is empty';
  const subject = header('subject') ?? '';
  return SAYS_SO.test(subject) || SAYS_SO.test(text.slice(0, 500))
    ? 'its words are those of an automatic answer'
    : null;
}
