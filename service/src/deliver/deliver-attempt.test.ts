// Longer than 300 lines: one attempt, ended in every phase.
import { attemptOutcome, type ClaimReply } from '@portal-outbox/contracts';
import * as v from 'valibot';
import { describe, expect, it, vi } from 'vitest';
import { claimedMessage, granted, inline, sendAttempt } from './testing/delivery-fixture.ts';
import { serve } from './testing/serve.ts';

/** Both ways of talking: command by command, and pipelined. */
const dialects = [{ extensions: [] }, { extensions: ['PIPELINING'] }];
const large = claimedMessage({ text: inline('x'.repeat(79).concat('\n').repeat(200_000)) });

describe.each(dialects)('an attempt, extensions $extensions', ({ extensions }) => {
  it('claims the email when the server has answered 354, and not before', async () => {
    const { server, delivery } = await serve({ extensions });
    let eventsAtClaim: string[] = [];
    delivery.claim = () => {
      eventsAtClaim = [...server.events];
      return granted();
    };
    const outcome = await delivery.send();
    expect(eventsAtClaim).toEqual(['EHLO', 'MAIL', 'RCPT', 'DATA']);
    expect(outcome).toMatchObject({
      result: 'accepted',
      phase: 'final_dot',
      code: 250,
      enhancedCode: '2.0.0',
      reply: '250 2.0.0 OK queued as 1',
      cause: null,
      connectorRevision: 7,
      nonce: 'e1c7a2a4-6f0b-4a7e-8f0f-3f2b9c1d5a10',
      claimToken: delivery.claims[0]?.claimToken,
      recipients: [{ address: 'ann@customer.example', result: 'accepted', code: 250, cause: null }],
    });
    expect(v.parse(attemptOutcome, outcome)).toEqual(outcome);
    expect(server.messages).toHaveLength(1);
  });

  it.each(['refused', 'silent'])('leaves no byte behind when the claim is %s', async (how) => {
    const { server, delivery } = await serve({ extensions });
    delivery.claim = () => (how === 'refused' ? { granted: false, reason: 'cancelled' } : null);
    const outcome = await delivery.send();
    expect(outcome).toMatchObject({
      result: 'not_sent',
      phase: 'data',
      code: null,
      cause: null,
      recipients: [],
    });
    // An unanswered claim may have been granted all the same.
    expect(outcome.claimToken).toBe(how === 'refused' ? null : delivery.claims[0]?.claimToken);
    await vi.waitFor(() => expect(server.sockets.size).toBe(0));
    expect(server.lastData).toHaveLength(0);
    expect(server.messages).toHaveLength(0);
  });

  it('writes nothing when the lease ran out before the answer was seen', async () => {
    const { server, delivery } = await serve({ extensions });
    delivery.claim = () => granted(claimedMessage(), 0);
    const outcome = await delivery.send();
    expect(outcome).toMatchObject({ result: 'not_sent', claimToken: delivery.claims[0]?.claimToken });
    await vi.waitFor(() => expect(server.sockets.size).toBe(0));
    expect(server.lastData).toHaveLength(0);
  });

  it.each([
    ['MAIL', 'connector_trouble', 'mail', 'connection_lost'],
    ['RCPT', 'deferred', 'rcpt', 'connection_lost'],
    ['DATA', 'deferred', 'data', 'connection_lost'],
  ])('calls a connection that breaks at %s %s', async (verb, result, phase, cause) => {
    const { delivery } = await serve({
      extensions,
      command: (line) => (line.startsWith(verb) ? 'drop' : undefined),
    });
    expect(await delivery.send()).toMatchObject({ result, phase, cause, code: null, claimToken: null });
    expect(delivery.claims).toHaveLength(0);
  });

  it('is certain that a message cut in the middle was not sent', async () => {
    const { server, delivery } = await serve({
      extensions,
      data: (bytes) => (bytes.length > 100_000 ? 'drop' : undefined),
    });
    delivery.claim = () => granted(large);
    const outcome = await delivery.send();
    expect(outcome).toMatchObject({ result: 'deferred', phase: 'body', cause: 'connection_lost' });
    expect(outcome.claimToken).toBe(delivery.claims[0]?.claimToken);
    expect(server.messages).toHaveLength(0);
  });

  it('is uncertain when the connection breaks after the final dot', async () => {
    const { server, delivery } = await serve({ extensions, message: () => 'drop' });
    expect(await delivery.send()).toMatchObject({
      result: 'uncertain',
      phase: 'final_dot',
      cause: 'may_have_been_sent',
      code: null,
      recipients: [],
    });
    expect(server.messages).toHaveLength(1);
  });

  it('is uncertain when the answer to the final dot does not come, or is none', async () => {
    const silent = await serve({ extensions, message: () => 'silence' }, { final_dot: 50 });
    expect(await silent.delivery.send()).toMatchObject({ result: 'uncertain', phase: 'final_dot' });
    const garbled = await serve({ extensions, message: () => 'what?' });
    expect(await garbled.delivery.send()).toMatchObject({ result: 'uncertain', phase: 'final_dot' });
  });

  it('takes a refusal after the final dot as certain', async () => {
    const { delivery } = await serve({ extensions, message: () => '451 4.3.0 Try again' });
    expect(await delivery.send()).toMatchObject({
      result: 'deferred',
      phase: 'final_dot',
      code: 451,
      cause: 'try_later',
      recipients: [{ result: 'deferred' }],
    });
    const other = await serve({ extensions, message: () => '421 4.3.2 Shutting down' });
    expect(await other.delivery.send()).toMatchObject({ result: 'deferred', code: 421 });
    const last = await serve({ extensions, message: () => '554 5.7.1 Message rejected as spam' });
    expect(await last.delivery.send()).toMatchObject({ result: 'rejected', cause: 'content_refused' });
  });

  it('never ends the data after a reply in the middle of it', async () => {
    const { server, delivery } = await serve({
      extensions,
      data: (bytes) => (bytes.length > 100_000 ? '552 5.3.4 Too much' : undefined),
    });
    delivery.claim = () => granted(large);
    expect(await delivery.send()).toMatchObject({ result: 'rejected', phase: 'body', cause: 'too_large' });
    await vi.waitFor(() => expect(server.sockets.size).toBe(0));
    expect(server.messages).toHaveLength(0);
  });

  it('does not trust a positive reply in the middle of the data', async () => {
    const { server, delivery } = await serve({
      extensions,
      data: (bytes) => (bytes.length > 100_000 ? '250 2.0.0 OK' : undefined),
    });
    delivery.claim = () => granted(large);
    expect(await delivery.send()).toMatchObject({ result: 'uncertain', phase: 'body' });
    await vi.waitFor(() => expect(server.sockets.size).toBe(0));
    expect(server.messages).toHaveLength(0);
  });

  it('waits for the claim that it asked for when the connection breaks meanwhile', async () => {
    const { server, delivery } = await serve({ extensions });
    let answer!: (reply: ClaimReply) => void;
    delivery.claim = () => {
      for (const socket of server.sockets) socket.destroy();
      return new Promise((resolve) => (answer = resolve));
    };
    let done = false;
    const sending = delivery.send().finally(() => (done = true));
    await vi.waitFor(() => expect(delivery.claims.length === 1 && server.sockets.size === 0).toBe(true));
    // The worker has seen the end of the connection too, and still waits.
    await vi.waitFor(() => expect(delivery.pool.size).toBe(0));
    expect(done).toBe(false);
    answer(granted());
    expect(await sending).toMatchObject({
      result: 'deferred',
      phase: 'data',
      cause: 'connection_lost',
      claimToken: delivery.claims[0]?.claimToken,
    });
    expect(server.lastData).toHaveLength(0);
  });

  it('reports each recipient by its own reply', async () => {
    const { delivery } = await serve({
      extensions,
      command: (line) =>
        line.includes('gone@')
          ? '550 5.1.1 User unknown'
          : line.includes('full@')
            ? '452 4.2.2 Mailbox full'
            : undefined,
    });
    const to = ['gone@customer.example', 'ann@customer.example', 'full@customer.example'];
    const outcome = await delivery.send({ envelope: { from: 'sales@portal.example', to } });
    expect(outcome).toMatchObject({ result: 'deferred', code: 452, cause: 'mailbox_full' });
    expect(outcome.recipients).toMatchObject([
      { address: to[0], result: 'rejected', code: 550, enhancedCode: '5.1.1', cause: 'unknown_user' },
      { address: to[1], result: 'accepted', code: 250, cause: null },
      { address: to[2], result: 'deferred', code: 452, enhancedCode: '4.2.2', cause: 'mailbox_full' },
    ]);
  });

  it.each([
    ['550 5.1.1 User unknown', '550 5.1.1 User unknown', 'rejected', 'unknown_user'],
    ['550 5.1.1 User unknown', '450 4.2.0 Greylisted', 'deferred', 'greylisted'],
  ])('sums up refused recipients: %s, %s', async (first, second, result, cause) => {
    const { server, delivery } = await serve({
      extensions,
      command: (line) =>
        line.includes('a@')
          ? first
          : line.includes('b@')
            ? second
            : extensions.length > 0 && line === 'DATA'
              ? '554 5.5.1 No valid recipients'
              : undefined,
    });
    const envelope = { from: 'sales@portal.example', to: ['a@customer.example', 'b@customer.example'] };
    const outcome = await delivery.send({ envelope });
    expect(outcome).toMatchObject({ result, cause, phase: 'rcpt', claimToken: null });
    expect(outcome.recipients).toHaveLength(2);
    expect(delivery.claims).toHaveLength(0);
    expect(server.messages).toHaveLength(0);
  });

  it('judges a refused sender', async () => {
    const { delivery } = await serve({
      extensions,
      command: (line) => (line.startsWith('MAIL') ? '553 5.7.1 Sender address rejected' : undefined),
    });
    expect(await delivery.send()).toMatchObject({
      result: 'rejected',
      phase: 'mail',
      cause: 'sender_refused',
    });
  });

  it('takes the demand for a login as the trouble of the connector', async () => {
    const { delivery } = await serve({
      extensions,
      command: (line) => (line.startsWith('MAIL') ? '530 5.7.0 Authentication required' : undefined),
    });
    expect(await delivery.send()).toMatchObject({
      result: 'connector_trouble',
      phase: 'mail',
      cause: 'login_required',
    });
  });

  it('tells the recipients that one transaction had no room for from those it took', async () => {
    const full = '452 4.5.3 Too many recipients';
    const { delivery } = await serve({
      extensions,
      command: (line) => (/^RCPT.*(bob|cid)@/.test(line) ? full : undefined),
    });
    const to = ['ann@customer.example', 'bob@customer.example', 'cid@customer.example'];
    expect(await delivery.send({ envelope: { from: 'sales@portal.example', to } })).toMatchObject({
      ...{ result: 'deferred', phase: 'final_dot', cause: 'too_many_recipients', code: 452 },
      recipients: [
        { address: to[0], result: 'accepted' },
        { address: to[1], result: 'deferred', cause: 'too_many_recipients' },
        { address: to[2], result: 'deferred', cause: 'too_many_recipients' },
      ],
    });
  });

  it('blames the connector when every recipient is refused for want of a login, and not when one is', async () => {
    const demand = '530 5.7.0 Authentication required';
    const everybody = await serve({
      extensions,
      command: (line) => (line.startsWith('RCPT') ? demand : undefined),
    });
    expect(await everybody.delivery.send()).toMatchObject({
      ...{ result: 'connector_trouble', phase: 'rcpt', cause: 'login_required', recipients: [] },
    });
    const one = await serve({ extensions, command: (line) => (line.includes('bob@') ? demand : undefined) });
    const to = ['ann@customer.example', 'bob@customer.example'];
    expect(await one.delivery.send({ envelope: { from: 'sales@portal.example', to } })).toMatchObject({
      result: 'deferred',
      cause: 'login_required',
      recipients: [{ result: 'accepted' }, { result: 'deferred', cause: 'login_required' }],
    });
  });

  it('does not offer a message that is larger than the server takes', async () => {
    const { server, delivery } = await serve({ extensions: [...extensions, 'SIZE 1000'] });
    expect(await delivery.send()).toMatchObject({
      result: 'rejected',
      phase: 'mail',
      cause: 'too_large',
      reply: 'SIZE 1000',
      claimToken: null,
    });
    await vi.waitFor(() => expect(server.events).toContain('RSET'));
    expect(server.events).not.toContain('MAIL');
  });

  it('lets go of what is not claimed, and finishes what is', async () => {
    const waiting = await serve({
      extensions,
      command: (line) => (line.startsWith('RCPT') ? 'silence' : undefined),
    });
    const letGo = waiting.delivery.tryTo(sendAttempt());
    await vi.waitFor(() => expect(waiting.server.events).toContain('RCPT'));
    waiting.delivery.abandon.abort();
    expect(await letGo).toBeNull();

    const claimed = await serve({ extensions });
    claimed.delivery.claim = () => {
      claimed.delivery.abandon.abort();
      return granted();
    };
    expect(await claimed.delivery.send()).toMatchObject({ result: 'accepted' });
  });

  it('says what it broke off when there is no time left', async () => {
    const afterDot = await serve({ extensions, message: () => 'silence' });
    const sending = afterDot.delivery.send();
    await vi.waitFor(() => expect(afterDot.server.messages).toHaveLength(1));
    afterDot.delivery.cut.abort();
    expect(await sending).toMatchObject({ result: 'uncertain' });

    const inBody = await serve({ extensions });
    inBody.delivery.claim = () => {
      inBody.delivery.cut.abort();
      return granted();
    };
    const outcome = await inBody.delivery.send();
    expect(outcome).toMatchObject({ result: 'not_sent', claimToken: inBody.delivery.claims[0]?.claimToken });
    expect(inBody.server.lastData).toHaveLength(0);
  });
});
