import { expect, test } from 'vitest';
import {
  completeEml,
  groupEml,
  latin1Eml,
  nestedEml,
  noSubjectEml,
  notMailEml,
  pixelPng,
} from './eml-fixtures.ts';
import { readEmailDraft } from './read-email-draft.ts';

test('reads addresses, subject, both bodies and the thread of a complete message', async () => {
  const draft = await readEmailDraft(completeEml.content);
  expect(draft).toMatchObject({
    from: { name: 'Zoë Ame', address: 'zoe@example.com' },
    replyTo: { address: 'desk@example.com' },
    to: [
      { name: 'Quinn, Q.', address: 'quinn@example.com' },
      { name: '', address: 'rio@example.com' },
    ],
    cc: [{ address: 'sam@example.com' }],
    bcc: [{ address: 'audit@example.com' }],
    subject: 'Relevé € of November',
    inReplyTo: '<q1@example.com>',
    references: ['<q0@example.com>', '<q1@example.com>'],
  });
  expect(draft.text).toContain('The plain words');
  expect(draft.html).toContain('<b>rich</b>');
});

test('keeps files byte by byte and marks as inline only what the HTML shows', async () => {
  const { attachments } = await readEmailDraft(completeEml.content);
  expect(
    attachments.map(({ fileName, contentType, contentId }) => [fileName, contentType, contentId]),
  ).toEqual([
    ['sign.png', 'image/png', 'sign@example.com'],
    ['relevé.csv', 'text/csv', undefined],
  ]);
  expect(Buffer.from(attachments[0]!.bytes).equals(pixelPng)).toBe(true);
  expect(Buffer.from(attachments[1]!.bytes).toString()).toMatch(/^a,b\r?\n1,2/);
});

test('gives a message without a subject an empty one', async () => {
  expect(await readEmailDraft(noSubjectEml.content)).toMatchObject({
    subject: '',
    text: 'No subject at all.\n',
  });
});

test('names the members of a group, not the group', async () => {
  const { to } = await readEmailDraft(groupEml.content);
  expect(to).toEqual([
    { name: 'Ann', address: 'ann@example.com' },
    { name: '', address: 'bob@example.com' },
    { name: '', address: 'carol@example.com' },
  ]);
});

test('keeps a forwarded message as a file of its own', async () => {
  const { attachments, text } = await readEmailDraft(nestedEml.content);
  expect(text).toContain('See the message inside.');
  expect(text).not.toContain('Inner words');
  expect(attachments).toHaveLength(1);
  expect(attachments[0]).toMatchObject({ contentType: 'message/rfc822' });
  expect(attachments[0]!.fileName).toMatch(/\.eml$/);
  expect(Buffer.from(attachments[0]!.bytes).toString()).toContain('Subject: The inner one');
});

test('reads eight-bit text in the charset that the message names', async () => {
  expect(await readEmailDraft(latin1Eml.content)).toMatchObject({
    subject: 'Réponse à vous',
    text: 'Été à Nîmes\n',
  });
});

test('reads what is no message at all without an exception', async () => {
  expect(await readEmailDraft(notMailEml.content)).toMatchObject({
    from: { address: '' },
    to: [],
    subject: '',
  });
});
