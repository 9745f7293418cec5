import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ClaimedMessage } from '@portal-outbox/contracts';
import { composeMessage } from '../deliver/compose-message.ts';
import { claimedMessage, inline } from '../deliver/testing/delivery-fixture.ts';
import { estimateMessageSize } from './message-size.ts';

const file = (bytes: number) => ({
  fileName: 'a',
  contentType: 'a/b',
  contentId: null,
  content: inline(randomBytes(bytes)),
});
const files = (...sizes: number[]): Partial<ClaimedMessage> => ({ attachments: sizes.map(file) });
const shortest = {
  messageId: '<1@a>',
  from: { name: '', address: 'a@a' },
  to: [{ name: '', address: 'b@b' }],
  subject: '',
};

async function sizes(changes: Partial<ClaimedMessage>): Promise<{ estimated: number; real: number }> {
  const message = claimedMessage({ text: null, ...changes });
  let real = 0;
  for await (const chunk of composeMessage(message, 'an email', new AbortController().signal)) {
    real += chunk.length;
  }
  const body = (message.text?.size ?? 0) + (message.html?.size ?? 0);
  const attached = message.attachments.reduce((sum, it) => sum + it.content.size, 0);
  return { estimated: estimateMessageSize(body, attached), real };
}

describe('never says more than the message has, so that no server refuses it for nothing', () => {
  it.each<[string, Partial<ClaimedMessage>]>([
    ['the shortest message there is', { ...shortest, text: inline('a') }],
    ['an empty text', { ...shortest, text: inline('') }],
    ['an attachment of one byte', { ...shortest, text: inline('a'), ...files(1) }],
    [
      'attachments around the ends of lines',
      { ...shortest, text: inline('a'), ...files(56, 57, 58, 113, 114) },
    ],
    [
      'a hundred small attachments',
      { ...shortest, text: inline('a'), ...files(...Array<number>(100).fill(2)) },
    ],
    ['long lines', { text: inline('word '.repeat(20_000)) }],
    ['accents', { text: inline('Chère équipe, voilà où ça mène.\n'.repeat(1000)) }],
    ['another alphabet', { text: inline('Привет, как дела?\n'.repeat(1000)) }],
    ['text and HTML', { text: inline('Hello\n'), html: inline('<p>Héllo</p>'.repeat(500)) }],
  ])('%s', async (_, changes) => {
    const { estimated, real } = await sizes(changes);
    expect(estimated).toBeLessThanOrEqual(real);
  });
});

it('comes within 1 kB and 1 % of what attachments make of it', async () => {
  for (const bytes of [10_000, 1_000_000, 20_000_000]) {
    const { estimated, real } = await sizes({ text: inline('See attached.'), ...files(bytes) });
    expect(estimated).toBeLessThanOrEqual(real);
    expect(real - estimated).toBeLessThan(1000 + bytes / 100);
  }
});
