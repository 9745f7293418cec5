import { randomBytes } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { afterEach, expect, it, vi } from 'vitest';
import { CapabilityTokens } from './capability-token.ts';

const key = randomBytes(32);
const tokens = new CapabilityTokens(key);

afterEach(() => void vi.useRealTimers());

it('gives back what was signed, for its purpose only', async () => {
  const token = await tokens.issue('preview', { emailId: 'e' }, 60);
  expect(await tokens.read('preview', token)).toMatchObject({ emailId: 'e' });
  for (const purpose of ['attachment', 'content', 'inline', '', 'Preview']) {
    expect(await tokens.read(purpose, token)).toBeNull();
  }
});

it('lasts as long as it was given, and not longer', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const token = await tokens.issue('preview', {}, 60);
  vi.setSystemTime(Date.now() + 58_000);
  expect(await tokens.read('preview', token)).not.toBeNull();
  vi.setSystemTime(Date.now() + 3_000);
  expect(await tokens.read('preview', token)).toBeNull();
});

it('opens with no other key', async () => {
  const token = await new CapabilityTokens(randomBytes(32)).issue('preview', {}, 60);
  expect(await tokens.read('preview', token)).toBeNull();
});

it('refuses every change of a character', async () => {
  const token = await tokens.issue('preview', { emailId: 'e' }, 60);
  for (let index = 0; index < token.length; index += 1) {
    const other = token[index] === 'A' ? 'Q' : 'A';
    expect(await tokens.read('preview', token.slice(0, index) + other + token.slice(index + 1))).toBeNull();
  }
});

it.each<[string, () => string | Promise<string>]>([
  ['nothing', () => ''],
  ['no token', () => 'a.b.c'],
  ['an unsigned one', () => new UnsecuredJWT({}).setAudience('preview').setExpirationTime('60s').encode()],
  [
    'another algorithm',
    () =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'HS512' })
        .setAudience('preview')
        .setExpirationTime('60s')
        .sign(randomBytes(64)),
  ],
])('refuses %s', async (_, make) => {
  expect(await tokens.read('preview', await make())).toBeNull();
});
