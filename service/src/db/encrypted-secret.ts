import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

const nonceBytes = 12;
const tagBytes = 16;
const keyVersion = 1;

/**
 * AES-256-GCM: version (1 byte), nonce (12), tag (16), ciphertext. `belongsTo` is bound as associated data, so that
 * a ciphertext moved to another row does not open.
 */
export function encryptSecret(key: Buffer, belongsTo: string, secret: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(belongsTo));
  const ciphertext = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.from([keyVersion]), nonce, cipher.getAuthTag(), ciphertext]);
}

/** Throws when the key is another one or the bytes were changed. */
export function decryptSecret(key: Buffer, belongsTo: string, encrypted: Buffer): string {
  const nonce = encrypted.subarray(1, 1 + nonceBytes);
  const tag = encrypted.subarray(1 + nonceBytes, 1 + nonceBytes + tagBytes);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(belongsTo)).setAuthTag(tag);
  const ciphertext = encrypted.subarray(1 + nonceBytes + tagBytes);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
}

/** A key for one purpose, derived from the process's secret key, so that no two purposes share one. */
export function deriveKey(secretKey: Buffer, purpose: string): Buffer {
  return createHmac('sha256', secretKey).update(`portal-outbox ${purpose}`).digest();
}
