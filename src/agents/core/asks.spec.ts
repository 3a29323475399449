import { hotAsks, readAsks, wantsSupport } from './asks.js';

it.each([
  ['We would like a demo next week, budget 40k EUR', ['demo', 'price']],
  ['Please send us a quote', ['price']],
  ['Sounds good, what does it cost for 50 people?', ['price']],
  ['Could you call me tomorrow?', ['call']],
  ['We want to buy 20 licences', ['buy']],
  ['Wir hätten gern eine Produktdemo und ein Angebot', ['demo', 'price']],
  ['Bitte rufen Sie mich an', ['call']],
  ['Nous aimerions une démonstration et un devis', ['demo', 'price']],
  ['¿Cuánto cuesta? Llámenme por favor', ['call', 'price']],
  ['Vorrei un preventivo', ['price']],
  ['Graag een offerte', ['price']],
  ['Gostaria de uma demonstração', ['demo']],
])('"%s" asks for what a buyer asks for', (text, hot) => {
  expect(hotAsks(readAsks(text))).toEqual(hot);
  expect(wantsSupport(readAsks(text))).toBe(false);
});

it.each([
  'How do I reset my password?',
  'I can’t log in since yesterday',
  'Ich habe mein Passwort vergessen',
  'Je ne retrouve pas mon mot de passe',
  'No funciona la aplicación',
  'Non funziona più',
  'Wachtwoord vergeten',
  'Esqueci minha senha',
  'My login is broken, please call me back',
])('"%s" asks for help', (text) => {
  expect(wantsSupport(readAsks(text))).toBe(true);
  expect(hotAsks(readAsks(text))).toEqual([]);
});

it.each([
  'unsubscribed',
  'Bitte keine weiteren E-Mails, auch kein Angebot',
  'No budget for this, sorry',
  "We don't need a demo",
  'Pas intéressé par une démo',
  'A democratic priceless orderly recall', // words inside of words
  'Hello, tell me about roadmap and democracy',
])('"%s" asks for nothing that a buyer asks for', (text) => {
  expect(hotAsks(readAsks(text))).toEqual([]);
});
