import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decryptSecret, deriveKey, encryptSecret } from './encrypted-secret.ts';

const key = randomBytes(32);
const connector = '5b0c6f0e-6a63-4f0b-9a53-0d1c1f6d6a11';

it.each(['', 'x', 'pässwörd ✓', 'y'.repeat(1000)])('gives back what was hidden: %j', (secret) => {
  expect(decryptSecret(key, connector, encryptSecret(key, connector, secret))).toBe(secret);
});

it('never shows the secret, and hides it differently each time', () => {
  const [one, two] = [encryptSecret(key, connector, 'hunter2'), encryptSecret(key, connector, 'hunter2')];
  expect(one.equals(two)).toBe(false);
  expect(one.includes('hunter2')).toBe(false);
});

describe('does not open', () => {
  const encrypted = encryptSecret(key, connector, 'hunter2');

  it('with another key', () => {
    expect(() => decryptSecret(randomBytes(32), connector, encrypted)).toThrow();
  });

  it('in another row', () => {
    expect(() => decryptSecret(key, connector.replace('5', '6'), encrypted)).toThrow();
  });

  it('with any byte of nonce, tag or text changed', () => {
    for (let index = 1; index < encrypted.length; index += 1) {
      const changed = Buffer.from(encrypted);
      changed[index]! ^= 1;
      expect(() => decryptSecret(key, connector, changed), `byte ${index}`).toThrow();
    }
  });

  it.each([0, 1, 12, 13, 20, 28])('cut to %d bytes', (length) => {
    expect(() => decryptSecret(key, connector, encrypted.subarray(0, length))).toThrow();
  });
});

it('derives a key of its own for each purpose from one secret', () => {
  const purposes = ['capability', 'cursor', 'connector secret'];
  const keys = purposes.map((purpose) => deriveKey(key, purpose));
  expect(new Set(keys.map((it) => it.toString('hex'))).size).toBe(3);
  expect(keys.every((it) => it.length === 32 && !it.equals(key))).toBe(true);
  expect(deriveKey(key, 'cursor').equals(keys[1]!)).toBe(true);
});
