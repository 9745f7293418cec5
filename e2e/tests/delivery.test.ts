import { createHash, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { eventually } from '../stack/eventually.ts';
import { draft, givenStack } from './given-stack.ts';

const given = givenStack();

it('delivers each accepted email exactly once, with its files byte for byte', async () => {
  const sizes = [0, 1, 70_000, 300_000, 3_000_000];
  const files = sizes.map((size) => randomBytes(size));
  const uploads = await Promise.all(files.map((bytes) => given.backEnd.uploadAttachment(bytes)));
  const addresses = Array.from({ length: 60 }, (_, index) => `once.${index}@example.test`);
  await given.backEnd.submit(
    addresses.map((to, index) => {
      const upload = uploads[index % uploads.length]!;
      return draft(given.connectorId, to, {
        attachments: [{ id: upload.id, fileName: `file ${index}.bin` }],
      });
    }),
  );

  await eventually(
    'all to arrive',
    () => (addresses.every((it) => given.taken(it).length > 0) ? true : null),
    50,
  );
  await eventually('the outbox to be empty', async () =>
    (await given.author.count()).total === 0 ? true : null,
  );

  for (const [index, address] of addresses.entries()) {
    const messages = given.taken(address);
    expect(messages).toHaveLength(1);
    expect(messages[0]?.attachments.map((it) => it.sha256)).toEqual([hash(files[index % files.length]!)]);
  }
  expect([...given.sink.acceptedCounts().values()].filter((count) => count !== 1)).toEqual([]);
});

it('keeps the Message-ID and every byte over all attempts', async () => {
  given.sink.script({ phase: 'data', recipient: /^same$/, reply: '451 4.3.0 Try again', times: 2 });
  await given.submit('same@example.test', { subject: 'Toujours le même ✓', html: '<p>Hello</p>' });
  await eventually('the third attempt', () => given.taken('same@example.test')[0]);
  const tries = given.sink.messages.filter((it) => it.envelope.to.includes('same@example.test'));
  expect(tries.map((it) => it.accepted)).toEqual([false, false, true]);
  expect(new Set(tries.map((it) => it.messageId)).size).toBe(1);
  expect(new Set(tries.map((it) => hash(it.raw))).size).toBe(1);
});

it('submits nothing twice under the same key', async () => {
  const emails = [draft(given.connectorId, 'again@example.test')];
  const first = await given.backEnd.submit(emails, 'order-17');
  expect(await given.backEnd.submit(emails, 'order-17')).toEqual(first);
  await eventually('it to arrive', () => given.taken('again@example.test')[0]);
  await eventually('the outbox to be empty', async () =>
    (await given.author.count()).total === 0 ? true : null,
  );
  expect(given.taken('again@example.test')).toHaveLength(1);
});

it('never hands over an email that was cancelled before its time', async () => {
  const dueAt = Date.now() + 1500;
  const id = await given.submit('regret@example.test', { sendAt: new Date(dueAt).toISOString() });
  expect(await given.author.cancel(id)).toBeNull();
  await given.submit('after@example.test', { sendAt: new Date(dueAt + 500).toISOString() });
  await eventually('a later email to arrive', () => given.taken('after@example.test')[0]);
  expect(given.sink.log.filter((it) => it.type === 'rcpt' && it.recipient === 'regret@example.test')).toEqual(
    [],
  );
});

it('tells every change as it is committed', async () => {
  const stop = new AbortController();
  const seen: string[] = [];
  const reading = (async () => {
    for await (const change of given.author.changes({ signal: stop.signal })) {
      seen.push(change.type === 'gone' ? `gone ${change.why}` : change.type);
    }
  })();
  await eventually('the stream to open', () => (seen[0] === 'hello' ? true : null));
  const id = await given.submit('unknown.live@example.test');
  await eventually('the failed row', () => (seen.includes('row') ? true : null));
  await given.author.cancel(id);
  await eventually('its end', () => (seen.includes('gone cancelled') ? true : null));
  stop.abort();
  await reading;
});

const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
