import { autoReplyReason } from './auto-reply.js';
import { asksToStop } from './stop-words.js';

describe('asksToStop', () => {
  it.each([
    'STOP',
    'stop.',
    ' "Stop!" ',
    'Unsubscribe',
    'Abmelden',
    'ARRÊT',
    'Baja',
    '配信停止',
    '退订',
    'СТОП',
    'बंद करो',
    'إلغاء الاشتراك',
    'STOP\n\nAda Okoye\nNorthwind',
    'Stop\n\n> Hello Ada,\n> here is our offer',
    'STOP\nOn Mon, 2 Mar 2026, Herald wrote:\n> Reply STOP',
    'STOP\n--\nAda',
    'Please unsubscribe me from this list.',
    'please remove me from your list, thanks',
    'Stop emailing me!',
    'I want to unsubscribe',
    'Bitte melden Sie mich ab.',
  ])('hears %j', (text) => {
    expect(asksToStop(text)).toBe(true);
  });

  it.each([
    '',
    'Can you stop by on Monday?',
    'We will stop using our old tool in May, send me a quote',
    'What happens at the end of the trial?',
    'Please do not cancel the meeting',
    'How do I cancel my order?',
    'Thanks!\n> Reply STOP to unsubscribe',
    'Yes please, end of March',
  ])('does not hear it in %j', (text) => {
    expect(asksToStop(text)).toBe(false);
  });
});

describe('autoReplyReason', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['Auto-Submitted', { 'Auto-Submitted': 'auto-replied' }, ''],
    ['Auto-Submitted in any case', { 'auto-submitted': 'auto-generated; x=y' }, ''],
    ['Precedence', { Precedence: 'bulk' }, ''],
    ['X-Autoreply', { 'X-Autoreply': 'yes' }, ''],
    ['an empty return path', { 'Return-Path': '<>' }, ''],
    ['its subject', { Subject: 'Automatic reply: your offer' }, ''],
    ['its words', {}, 'I am currently out of office until Monday.'],
    ['its German words', {}, 'Abwesenheitsnotiz: Ich bin bis Montag nicht im Büro'],
  ])('knows an automatic answer by %s', (_, headers, text) => {
    expect(autoReplyReason(headers, text)).toEqual(expect.any(String));
  });

  it.each<[Record<string, unknown>, string]>([
    [{ 'Auto-Submitted': 'no' }, 'Yes please'],
    [{}, 'I was out of office last week, sorry. Yes, a demo please.'],
    [{ Precedence: 'normal', 'Return-Path': '<ada@example.com>' }, 'ok'],
  ])('takes %j with %j for a person', (headers, text) => {
    expect(autoReplyReason(headers, text)).toBeNull();
  });
});
