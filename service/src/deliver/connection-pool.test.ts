import { describe, expect, it, vi } from 'vitest';
import { Delivery, settingsFor } from './testing/delivery-fixture.ts';
import { serve } from './testing/serve.ts';

describe('before MAIL FROM', () => {
  it('calls a server that is not there connector trouble', async () => {
    const { server, delivery } = await serve();
    await server.stop();
    expect(await delivery.send()).toMatchObject({
      result: 'connector_trouble',
      phase: 'connect',
      cause: 'connection_refused',
    });
  });

  it('calls an unknown host connector trouble', async () => {
    const delivery = new Delivery(settingsFor(25, { host: 'mail.invalid' }));
    const outcome = await delivery.send();
    expect(outcome).toMatchObject({ result: 'connector_trouble', phase: 'connect' });
    expect(['host_not_found', 'dns_failed']).toContain(outcome.cause);
  });

  it.each([
    ['554 5.7.1 Go away', 'blocked', 554],
    ['421 4.3.2 Too many connections', 'rate_limited', 421],
    ['drop', 'connection_lost', null],
    ['SSH-2.0-OpenSSH_9.2', 'connection_lost', null],
  ])('understands the greeting %s', async (greeting, cause, code) => {
    const { delivery } = await serve({ greeting });
    expect(await delivery.send()).toMatchObject({
      result: 'connector_trouble',
      phase: 'greeting',
      cause,
      code,
    });
  });

  it('does not wait for a greeting for ever', async () => {
    const { delivery } = await serve({ greeting: 'silence' }, { greeting: 50 });
    expect(await delivery.send()).toMatchObject({
      result: 'connector_trouble',
      phase: 'greeting',
      cause: 'timed_out',
    });
  });
});

describe('a connection that serves again', () => {
  it('carries message after message, also after a refused one', async () => {
    const { server, delivery } = await serve({
      command: (line) => (line.includes('gone@') ? '550 5.1.1 User unknown' : undefined),
    });
    const gone = { envelope: { from: 'sales@portal.example', to: ['gone@customer.example'] } };
    await delivery.send();
    expect(await delivery.send(gone)).toMatchObject({ result: 'rejected' });
    await vi.waitFor(() => expect(delivery.pool.size === 1 && server.events.includes('RSET')).toBe(true));
    await vi.waitFor(async () => {
      await delivery.send();
      expect(server.connections).toBe(1);
    });
    expect(server.connections).toBe(1);
  });

  it.each(['closed', '421'])(
    'is replaced without a word when the server has %s it meanwhile',
    async (how) => {
      let messages = 0;
      const { server, delivery } = await serve({
        command: (line) => {
          if (line.startsWith('MAIL')) messages += 1;
          return line.startsWith('MAIL') && messages === 2
            ? how === '421'
              ? '421 4.4.2 Idle for too long'
              : 'drop'
            : undefined;
        },
      });
      await delivery.send();
      expect(await delivery.send()).toMatchObject({ result: 'accepted' });
      expect(server.connections).toBe(2);
      expect(server.messages).toHaveLength(2);
      expect(delivery.claims).toHaveLength(2);
    },
  );

  it('says goodbye after its share of messages', async () => {
    const { server, delivery } = await serve({}, {}, { messagesPerConnection: 2 });
    for (let sent = 0; sent < 3; sent += 1) await delivery.send();
    await vi.waitFor(() => expect(server.events).toContain('QUIT'));
    expect(server.connections).toBe(2);
  });
});
