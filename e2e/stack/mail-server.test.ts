import { expect, it } from 'vitest';
import { readSmtpUrl } from './mail-server.ts';

it('reads host, port and login from SMTP_URL', () => {
  expect(readSmtpUrl('smtp://me%40example.com:se%3Acret@mail.example.com:2525')).toEqual({
    host: 'mail.example.com',
    port: 2525,
    security: 'opportunistic',
    username: 'me@example.com',
    password: 'se:cret',
  });
});

it('takes the usual ports where none is given, and TLS for smtps', () => {
  expect(readSmtpUrl('smtps://mail.example.com')).toMatchObject({
    port: 465,
    security: 'tls',
    username: null,
  });
  expect(readSmtpUrl('smtp://mail.example.com')).toMatchObject({ port: 587, security: 'opportunistic' });
});

it.each(['mail.example.com:25', 'http://mail.example.com', ''])('refuses %j and shows an example', (text) => {
  expect(() => readSmtpUrl(text)).toThrow('SMTP_URL=smtp://');
});
