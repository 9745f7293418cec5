import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { claimReply, limits, type ClaimReply } from '@portal-outbox/contracts';
import * as v from 'valibot';
import { storeAttachment } from '../src/db/attachments.ts';
import { inTransaction, openDatabase } from '../src/db/database.ts';
import { CapabilityTokens } from '../src/runtime/capability-token.ts';
import { ClaimDesk } from '../src/settle/claim-desk.ts';
import { ClaimedMessages } from '../src/settle/claimed-messages.ts';
import { claimOf, givenOutbox, leases, many, silent, type EmailChanges } from './outbox-fixture.ts';

const given = givenOutbox();
const tokens = new CapabilityTokens(randomBytes(32));
let desk: ClaimDesk;
beforeAll(() => {
  const messages = new ClaimedMessages(given.database, tokens, 'http://api.example/');
  desk = new ClaimDesk(given.database, messages, leases, silent);
});

/** Asks as a worker does, over the bus. */
const ask = ({ connectorId, ...request }: ReturnType<typeof claimOf>, at = desk): Promise<ClaimReply> =>
  new Promise((answer) => at.ask({ connectorId, request, answer }));

async function messageOf(changes: EmailChanges) {
  const connectorId = await given.connector();
  const id = await given.submit(connectorId, changes);
  const [attempt] = await given.dispatch(connectorId);
  const reply = await ask(claimOf(attempt!));
  if (!reply.granted) throw new Error(reply.reason);
  return { id, message: v.parse(claimReply, reply).granted && reply.message };
}
const upload = async (bytes: Uint8Array) => {
  async function* body() {
    yield bytes;
  }
  return (await storeAttachment(given.database, given.portalId, randomUUID(), body()))!.id;
};

describe('a granted claim', () => {
  it('brings the whole message, but for who is in Bcc', async () => {
    const { id, message } = await messageOf({
      from: { name: 'Ada', address: 'ada@portal.example' },
      replyTo: { address: 'team@portal.example' },
      to: [{ name: 'Ann', address: 'ann@x.example' }, { address: 'bob@x.example' }],
      cc: [{ address: 'cy@x.example' }],
      bcc: [{ name: 'Hidden', address: 'hidden@x.example' }],
      subject: 'Été ✓',
      text: 'Bonjour',
      html: '<p>Bonjour</p>',
      importance: 'high',
      inReplyTo: '<1@x.example>',
      references: ['<0@x.example>', '<1@x.example>'],
    });
    const part = (text: string) => ({
      size: Buffer.byteLength(text),
      sha256: createHash('sha256').update(text).digest('hex'),
      source: { kind: 'text', text },
    });
    expect(message).toEqual({
      messageId: `<${id}@portal.example>`,
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
      from: { name: 'Ada', address: 'ada@portal.example' },
      replyTo: { name: '', address: 'team@portal.example' },
      to: [
        { name: 'Ann', address: 'ann@x.example' },
        { name: '', address: 'bob@x.example' },
      ],
      cc: [{ name: '', address: 'cy@x.example' }],
      subject: 'Été ✓',
      importance: 'high',
      inReplyTo: '<1@x.example>',
      references: ['<0@x.example>', '<1@x.example>'],
      text: part('Bonjour'),
      html: part('<p>Bonjour</p>'),
      attachments: [],
    });
    expect(JSON.stringify(message)).not.toMatch(/hidden/i);
  });

  it('carries a body as base64 where escaping it would take more room', async () => {
    const text = 'a\u0001"\\'.repeat(1000);
    const { message } = await messageOf({ text });
    expect(message && message.text?.source).toEqual({
      kind: 'inline',
      base64: Buffer.from(text).toString('base64'),
    });
  });

  it('carries small parts itself and names a signed address for the rest, 256 kB in all', async () => {
    const sizes = [200_000, 100_000, 50_000, 0];
    const files = sizes.map((size) => randomBytes(size));
    const attachments = await Promise.all(
      files.map(async (bytes, index) => ({ id: await upload(bytes), fileName: `${index}` })),
    );
    const { id, message } = await messageOf({ attachments });
    const contents = (message && message.attachments.map((it) => it.content)) || [];
    expect(contents.map((it) => it.source.kind)).toEqual(['inline', 'url', 'inline', 'inline']);
    for (const [index, content] of contents.entries()) {
      expect(content.size).toBe(sizes[index]);
      expect(content.sha256).toBe(createHash('sha256').update(files[index]!).digest('hex'));
      if (content.source.kind === 'inline')
        expect(content.source.base64).toBe(files[index]!.toString('base64'));
      else if (content.source.kind === 'url') {
        const token = /^http:\/\/api\.example\/v1\/content\/(.+)$/.exec(content.source.url)![1]!;
        expect(await tokens.read('content', token)).toMatchObject({
          emailId: id,
          part: 'attachment',
          position: index,
        });
      }
    }
    expect(sizes[0]! + sizes[2]!).toBeLessThan(limits.inlineContentBytes);
  });

  it('brings the same message at every attempt', async () => {
    const connectorId = await given.connector();
    const id = await given.submit(connectorId, { sendAt: '2026-01-01T00:00:00Z' });
    const replies: ClaimReply[] = [];
    for (const _ of [1, 2]) {
      const [attempt] = await given.dispatch(connectorId);
      replies.push(await ask(claimOf(attempt!)));
      await given.put(id, { state: 'waiting' });
    }
    expect(replies[1]).toEqual(replies[0]);
  });
});

it('answers a refused claim with its reason and nothing of the message', async () => {
  const connectorId = await given.connector();
  await given.submit(connectorId);
  const [attempt] = await given.dispatch(connectorId);
  await ask(claimOf(attempt!));
  expect(await ask(claimOf(attempt!))).toEqual({ granted: false, reason: 'claimed' });
});

it('answers each of many claims that arrive together, to the one who asked', async () => {
  const connectorId = await given.connector();
  await given.submitMany(connectorId, many(300));
  const attempts = await given.dispatch(connectorId);
  const claims = attempts.flatMap((attempt) => [claimOf(attempt), claimOf(attempt)]);
  const replies = await Promise.all(claims.map((claim) => ask(claim)));
  for (const [index, reply] of replies.entries()) {
    expect(reply.granted).toBe(index % 2 === 0);
    if (reply.granted) expect(reply.message.messageId).toContain(claims[index]!.emailId);
  }
});

it('answers nothing while the database fails, and goes on afterwards', async () => {
  const connectorId = await given.connector();
  await given.submit(connectorId);
  const [attempt] = await given.dispatch(connectorId);
  const ended = openDatabase(given.url, 'ended', 1, silent);
  await ended.end();
  const answers: ClaimReply[] = [];
  const { connectorId: _, ...request } = claimOf(attempt!);
  let failures = 0;
  const logger = Object.assign(Object.create(silent) as typeof silent, { error: () => void (failures += 1) });
  const broken = new ClaimDesk(ended, new ClaimedMessages(ended, tokens, 'http://x'), leases, logger);
  broken.ask({ connectorId, request, answer: (reply) => void answers.push(reply) });
  await expect.poll(() => failures).toBe(1);
  broken.ask({ connectorId, request, answer: (reply) => void answers.push(reply) });
  await expect.poll(() => failures).toBe(2);
  expect(answers).toEqual([]);
  expect((await ask({ ...request, connectorId })).granted).toBe(true);
});

it('grants nothing to who has waited so long that he has given up', async () => {
  const connectorId = await given.connector();
  const [held] = await given.submitMany(connectorId, many(2));
  const attempts = await given.dispatch(connectorId);
  const first = claimOf(attempts.find((it) => it.emailId === held)!);
  const lateAttempt = attempts.find((it) => it.emailId !== held)!;
  const late = claimOf(lateAttempt);
  const realNow = performance.now.bind(performance);
  const asked: Promise<ClaimReply>[] = [];
  let lateAnswer: ClaimReply | null = null;
  const busy = new ClaimDesk(
    given.database,
    new ClaimedMessages(given.database, tokens, 'http://x'),
    leases,
    silent,
  );
  await inTransaction(given.other, async (tx) => {
    await tx`select from outbox_email where id = ${held!} for update`;
    asked.push(ask(first, busy));
    // The first one's statement is on its way by now; this one waits behind it.
    await expect
      .poll(() => given.database`select from pg_stat_activity where wait_event_type = 'Lock'`)
      .toHaveLength(1);
    void ask(late, busy).then((reply) => (lateAnswer = reply));
    vi.spyOn(performance, 'now').mockImplementation(() => realNow() + 6000);
  });
  expect((await asked[0]!).granted).toBe(true);
  await busy.finish();
  vi.restoreAllMocks();
  const another = new ClaimDesk(
    given.database,
    new ClaimedMessages(given.database, tokens, 'http://x'),
    leases,
    silent,
  );
  expect((await ask(claimOf(lateAttempt), another)).granted).toBe(true);
  expect(lateAnswer).toBeNull();
});
