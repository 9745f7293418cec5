import { expect, it } from 'vitest';
import { emailText, textSizes } from './email-text.ts';

it.each(Object.values(textSizes))(
  'is exactly %i ASCII bytes in lines that any mail server takes',
  (bytes) => {
    const text = emailText(bytes);
    expect(Buffer.byteLength(text)).toBe(bytes);
    expect(text).toMatch(/^[\x20-\x7e\r\n]+$/);
    expect(Math.max(...text.split('\r\n').map((line) => line.length))).toBeLessThan(998);
    expect(emailText(bytes)).toBe(text);
  },
);
