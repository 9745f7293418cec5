import { randomUUID } from 'node:crypto';
import { domainToASCII } from 'node:url';

/** Ids of an email that is taken in. The Message-ID is fixed here, for all attempts. */
export function newEmailIds(fromAddress: string): { id: string; messageId: string } {
  const id = randomUUID();
  const domain = domainToASCII(fromAddress.split('@').at(-1) ?? '') || 'localhost';
  return { id, messageId: `<${id}@${domain}>` };
}
