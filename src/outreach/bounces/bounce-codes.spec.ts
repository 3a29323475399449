import { readBounce } from './bounce-codes.js';

describe('readBounce', () => {
  it.each([
    ['550 5.1.1 <ada@example.com>: user unknown', 'hard'],
    ['550-5.1.1 The email account does not exist', 'hard'],
    ['smtp; 550 5.1.1 unknown', 'hard'],
    ['5.1.2', 'hard'],
    ['554 5.2.1 mailbox disabled', 'hard'],
    ['451 4.4.7 delivery time expired', 'hard'],
    ['552 5.2.2 mailbox full', 'soft'],
    ['452 4.2.2 mailbox full', 'soft'],
    ['450 4.1.1 try again', 'soft'],
    ['421 4.7.0 too many messages', 'soft'],
    ['550 5.1.8 <herald@localhost>: Sender address rejected', 'sender'],
    ['550 5.1.7 bad sender', 'sender'],
    ['550 5.7.1 blocked; see 5.1.1 for unknown users', 'policy'],
    ['550 5.7.26 DMARC', 'policy'],
    ['554 5.6.0 content rejected', 'content'],
    ['530 authentication required', 'policy'],
  ])('calls %j %s', (reply, kind) => {
    expect(readBounce(reply)?.kind).toBe(kind);
  });

  it.each(['550 no such user here', 'user unknown (5.1.1)', '', '250 OK'])('makes nothing of %j', (reply) => {
    expect(readBounce(reply)).toBeUndefined();
  });

  it('takes a refusal of MAIL FROM for one of us, whatever its code', () => {
    expect(readBounce('550 5.1.1 unknown', true)?.kind).toBe('sender');
  });
});
