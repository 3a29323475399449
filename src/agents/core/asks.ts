/** What a lead's own words can ask for, as far as it changes who answers and how. */
export const ASKS = ['stop', 'decline', 'buy', 'demo', 'call', 'price', 'support'] as const;
export type Ask = (typeof ASKS)[number];

/** What a buyer asks for: a person answers within minutes. */
export const HOT_ASKS = ['buy', 'demo', 'call', 'price'] as const satisfies readonly Ask[];
export type HotAsk = (typeof HOT_ASKS)[number];

/**
 * How people say it, language by language; each entry is a piece of a regular expression that has to stand between
 * words. A new language is a new line.
 */
const PHRASES: Readonly<Record<Ask, Readonly<Record<string, readonly string[]>>>> = {
  stop: {
    en: [
      'unsubscrib\\w*',
      'stop (?:e-?mailing|sending|contacting|writing|calling)',
      'remove (?:me|us)',
      'take (?:me|us) off',
      'opt(?:ed)?[- ]?out',
    ],
    de: ['abmelden', 'abbestellen', 'austragen', 'keine (?:weiteren )?(?:e-?mails|werbung|nachrichten)'],
    fr: ['désinscri\\p{L}*', 'désabonn\\p{L}*', 'ne plus recevoir'],
    es: ['dar(?:me|nos)? de baja', 'cancelar (?:la |mi )?suscripción'],
    it: ['disiscriv\\p{L}*', 'cancellatemi', "annulla(?:re|te)? l'iscrizione"],
    nl: ['afmelden', 'uitschrijven'],
    pt: ['descadastrar', 'cancelar (?:a |minha )?(?:inscrição|assinatura)'],
  },
  decline: {
    en: [
      'not interested',
      'no (?:budget|interest)',
      'wrong person',
      'already (?:use|have|chose)',
      "(?:do not|don't|no) (?:need|want) (?:a |an |any )?(?:demo|call|quote|offer)",
    ],
    de: ['kein(?:e)? (?:interesse|budget)', 'nicht interessiert'],
    fr: ['pas intéressée?s?', 'pas de budget'],
    es: ['no (?:me |nos )?interesa', 'no (?:estoy|estamos) interesad\\p{L}+', 'sin presupuesto'],
    it: ['non (?:sono|siamo) interessat\\p{L}', 'nessun interesse'],
    nl: ['geen (?:interesse|budget)', 'niet geïnteresseerd'],
    pt: ['(?:não (?:tenho|temos)|sem) interesse', 'sem orçamento'],
  },
  buy: {
    en: [
      '(?:want|would like|ready|need|decided) to (?:buy|purchase|order|sign(?: up)?)',
      'place an order',
      'purchase order',
      'sign (?:a|the|your) contract',
      'send (?:me|us) (?:a|the|your) contract',
    ],
    de: ['kaufen', 'bestellen', 'vertrag (?:zusenden|schicken|unterschreiben)'],
    fr: ['acheter', 'passer (?:une )?commande', 'signer (?:un|le|votre) contrat'],
    es: ['comprar', 'hacer un pedido', 'firmar (?:un|el|su) contrato'],
    it: ['acquistare', 'comprare', 'fare un ordine', 'firmare (?:un|il) contratto'],
    nl: ['kopen', 'bestellen', 'aanschaffen'],
    pt: ['comprar', 'encomendar', 'adquirir', 'assinar (?:um|o) contrato'],
  },
  demo: {
    en: ['demos?', 'demonstration', 'walk(?:-| )?through', 'show (?:me|us) (?:the|your) (?:product|platform|software)'],
    de: ['(?:produkt|live-?)demo', '(?:produkt)?vorführung'],
    fr: ['démo', 'démonstration'],
    es: ['demostración'],
    it: ['dimostrazione'],
    nl: ['demonstratie'],
    pt: ['demonstração'],
  },
  call: {
    en: [
      '(?:call|phone|ring) (?:me|us)',
      'call(?:-| )?backs?',
      'give (?:me|us) a (?:call|ring)',
      '(?:schedule|book|set up|arrange|have) a (?:call|meeting)',
      '(?:talk|speak) (?:to|with) (?:someone|somebody|sales|a (?:person|human))',
    ],
    de: ['rückruf', '(?:zurück)?rufen sie (?:mich|uns) (?:bitte )?(?:an|zurück)', 'telefonat', 'gesprächstermin'],
    fr: ['(?:r)?appelez-(?:moi|nous)', '(?:me|nous) rappeler', 'prendre rendez-vous'],
    es: ['ll[áa]m(?:e|a)n?(?:me|nos)', 'una llamada', 'una reunión'],
    it: ['(?:ri)?chiamat(?:e|emi|eci)', '(?:ri)?chiamar(?:mi|ci)', 'un appuntamento'],
    nl: ['belt? (?:mij|me|ons)', 'terugbellen', 'afspraak'],
    pt: ['ligu(?:e|em)(?:-me| para)', 'me ligu(?:e|em)', 'uma (?:ligação|reunião)'],
  },
  price: {
    en: [
      'pric(?:e|es|ing)',
      'quot(?:e|es|ation)',
      'budget',
      'how much (?:is|are|does|do|would)',
      'what (?:does|do|would|will) (?:\\p{L}+ ){1,4}cost',
    ],
    de: ['preise?', 'preisliste', 'angebot', 'was kostet'],
    fr: ['prix', 'tarifs?', 'devis', 'combien coûte'],
    es: ['precios?', 'presupuesto', 'cotización', 'cuánto cuesta', 'tarifas?'],
    it: ['prezz[oi]', 'preventivo', 'quanto costa'],
    nl: ['prij(?:s|zen)', 'offerte', 'wat kost'],
    pt: ['preços?', 'orçamento', 'cotação', 'quanto custa'],
  },
  support: {
    en: [
      'support',
      'ticket',
      'bugs?',
      'broken',
      'how (?:do|can) (?:i|we)',
      'invoices?',
      'billing',
      'password',
      "(?:can ?not|can't|unable to) (?:log|sign|get|access|open|use)\\w*",
      "(?:does not|doesn't|is not|isn't|not) work(?:ing)?",
      'error message',
      'crash(?:es|ed|ing)?',
      'refunds?',
      'charged (?:twice|again|wrongly)',
      'locked out',
    ],
    de: ['passwort', 'kennwort', 'rechnung', 'fehlermeldung', 'funktioniert nicht', 'stürzt ab', 'einloggen'],
    fr: ['mot de passe', 'facture', 'ne (?:fonctionne|marche) pas', 'me connecter'],
    es: ['contraseña', 'factura', 'no funciona', 'iniciar sesión'],
    it: ['fattura', 'non funziona', 'accedere'],
    nl: ['wachtwoord', 'factuur', 'werkt niet', 'inloggen'],
    pt: ['senha', 'palavra-passe', 'fatura', 'não funciona'],
  },
};

const PATTERNS: Readonly<Record<Ask, RegExp>> = Object.fromEntries(
  ASKS.map((ask) => [ask, between(Object.values(PHRASES[ask]).flat())]),
) as Record<Ask, RegExp>;

/** Longer text adds nothing to what is asked and would only give a hostile one room. */
const MAX_LENGTH = 2_000;

/**
 * What a lead's words ask for. They are data: they decide who answers, and nothing else.
 * @param text what the lead wrote, in any of the languages of the table
 * @returns in the order of `ASKS`
 */
export function readAsks(text: string): Ask[] {
  const read = text.slice(0, MAX_LENGTH).normalize('NFC').replaceAll('’', "'").toLowerCase();
  return ASKS.filter((ask) => PATTERNS[ask].test(read));
}

/** What of it a buyer asks for; nothing where the lead also declines, or asks for help with what it has. */
export function hotAsks(asks: readonly Ask[]): HotAsk[] {
  if (asks.includes('stop') || asks.includes('decline')) return [];
  const hot = HOT_ASKS.filter((ask) => asks.includes(ask));
  // "my login is broken, call me back" is a request for help
  return asks.includes('support') && hot.every((ask) => ask === 'call') ? [] : hot;
}

/** Whether the words ask for help and for nothing that a buyer asks for. */
export function wantsSupport(asks: readonly Ask[]): boolean {
  return asks.includes('support') && !asks.includes('stop') && hotAsks(asks).length === 0;
}

function between(phrases: readonly string[]): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${phrases.join('|')})(?![\\p{L}\\p{N}])`, 'u');
}
