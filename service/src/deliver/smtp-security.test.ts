import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import type { ConnectorSettings } from '@portal-outbox/contracts';
import { claimedMessage, Delivery, granted, inline, settingsFor } from './testing/delivery-fixture.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

interface Received {
  secure: boolean;
  user: string | undefined;
  message: string;
}

async function serve(
  options: SMTPServerOptions,
  settings: Partial<ConnectorSettings>,
): Promise<{ delivery: Delivery; received: Received[]; logins: string[] }> {
  const received: Received[] = [];
  const logins: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    logger: false,
    onAuth(auth, _session, callback) {
      logins.push(`${auth.method} ${auth.username} ${auth.password}`);
      if (auth.password === 'secret') callback(null, { user: auth.username ?? '' });
      else
        callback(
          Object.assign(new Error('Wrong password'), { responseCode: auth.password === 'later' ? 454 : 535 }),
        );
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        received.push({
          secure: session.secure,
          user: session.user,
          message: Buffer.concat(chunks).toString(),
        });
        callback();
      });
    },
    ...options,
  });
  // A client that leaves during the handshake is what some of these tests want.
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const delivery = new Delivery(settingsFor((server.server.address() as AddressInfo).port, settings));
  cleanups.push(async () => {
    await delivery.pool.close();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return { delivery, received, logins };
}

describe('a real mail server', () => {
  it('is spoken to encrypted and logged in where it offers both', async () => {
    const { delivery, received, logins } = await serve({}, { login: true });
    expect(await delivery.send()).toMatchObject({ result: 'accepted' });
    expect(received).toMatchObject([{ secure: true, user: 'sales' }]);
    expect(logins).toEqual(['PLAIN sales secret']);
  });

  it('is spoken to plainly where it offers neither', async () => {
    const { delivery, received } = await serve({ disabledCommands: ['STARTTLS', 'AUTH'] }, { login: true });
    expect(await delivery.send()).toMatchObject({ result: 'accepted' });
    expect(received).toMatchObject([{ secure: false }]);
    expect(delivery.credentialsAsked).toBe(0);
  });

  it('gets no message and no password without the certificate that is demanded', async () => {
    const { delivery, received, logins } = await serve({}, { login: true, security: 'starttls' });
    expect(await delivery.send()).toMatchObject({
      result: 'connector_trouble',
      phase: 'tls',
      cause: 'tls_failed',
    });
    expect([received, logins]).toEqual([[], []]);
  });

  it('gets no message without the encryption that is demanded', async () => {
    const { delivery, received } = await serve({ disabledCommands: ['STARTTLS'] }, { security: 'starttls' });
    expect(await delivery.send()).toMatchObject({
      result: 'connector_trouble',
      phase: 'tls',
      cause: 'tls_failed',
    });
    expect(received).toEqual([]);
  });

  it('must have a valid certificate from the first byte on with TLS', async () => {
    const { delivery } = await serve({ secure: true }, { security: 'tls' });
    expect(await delivery.send()).toMatchObject({
      result: 'connector_trouble',
      phase: 'tls',
      cause: 'tls_failed',
    });
  });

  it('is never asked twice with credentials that it refused', async () => {
    const { delivery, logins } = await serve({}, { login: true });
    delivery.credentials = { kind: 'password', username: 'sales', password: 'wrong' };
    const outcomes = await Promise.all([delivery.send(), delivery.send(), delivery.send()]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({
        result: 'connector_trouble',
        phase: 'login',
        cause: 'login_refused',
        code: 535,
      });
    }
    expect(logins).toHaveLength(1);
    expect(delivery.gate.closed).toBe(true);
  });

  it('may be asked again when it could not check the login', async () => {
    const { delivery, logins } = await serve({}, { login: true });
    delivery.credentials = { kind: 'password', username: 'sales', password: 'later' };
    expect(await delivery.send()).toMatchObject({ result: 'connector_trouble', cause: 'login_unavailable' });
    expect(await delivery.send()).toMatchObject({ result: 'connector_trouble', cause: 'login_unavailable' });
    expect(logins).toHaveLength(2);
  });

  it('is left alone while nobody says the password', async () => {
    const { delivery, logins } = await serve({}, { login: true });
    delivery.credentials = null;
    await expect(delivery.send()).rejects.toThrow('let go');
    expect(logins).toEqual([]);
  });

  it('receives lines with dots as they were', async () => {
    const { delivery, received } = await serve({}, {});
    delivery.claim = () => granted(claimedMessage({ text: inline('.\n..\nEnd.\n.') }));
    await delivery.send();
    expect(received[0]?.message).toMatch(/\r\n\r\n\.\r\n\.\.\r\nEnd\.\r\n\.(\r\n)?$/);
  });
});
