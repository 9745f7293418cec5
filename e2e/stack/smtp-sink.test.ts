import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startSmtpSink, type SmtpSink } from './smtp-sink.ts';

let sink: SmtpSink;

beforeEach(async () => {
  sink = await startSmtpSink();
});

afterEach(() => sink.down());

/** Sends one message over a connection of its own; resolves with the code of the final answer. */
async function send(to: string, more: object = {}): Promise<number> {
  const transport = createTransport({
    host: sink.host,
    port: sink.port,
    tls: { rejectUnauthorized: false },
    auth: { user: 'outbox', pass: 'secret' },
  });
  try {
    await transport.sendMail({ from: 'a@portal.test', to, subject: 'Hello', text: 'Hi', ...more });
    return 250;
  } catch (error) {
    const { responseCode } = error as { responseCode?: number };
    return responseCode ?? 0;
  } finally {
    transport.close();
  }
}

describe('what it receives', () => {
  it('keeps the message, its envelope, its files and the answer given', async () => {
    const bytes = randomBytes(300_000);
    expect(
      await send('b@example.test', {
        messageId: '<one@portal.test>',
        bcc: 'hidden@example.test',
        subject: 'Reçu 🎉',
        attachments: [{ filename: 'été.bin', content: bytes }],
      }),
    ).toBe(250);
    expect(sink.messages).toHaveLength(1);
    expect(sink.messages[0]).toMatchObject({
      messageId: '<one@portal.test>',
      subject: 'Reçu 🎉',
      from: 'a@portal.test',
      to: ['b@example.test'],
      envelope: { from: 'a@portal.test', to: ['b@example.test', 'hidden@example.test'] },
      accepted: true,
      reply: '250 2.0.0 Accepted as 1',
      attachments: [
        { fileName: 'été.bin', size: 300_000, sha256: createHash('sha256').update(bytes).digest('hex') },
      ],
    });
  });

  it('counts for ever and keeps the newest', async () => {
    await sink.down();
    sink = await startSmtpSink({ messagesKept: 1 });
    await send('b@example.test', { messageId: '<one@portal.test>' });
    await send('b@example.test', { messageId: '<one@portal.test>' });
    await send('b@example.test', { messageId: '<two@portal.test>' });
    expect(sink.messages.map((it) => it.messageId)).toEqual(['<two@portal.test>']);
    expect(sink.acceptedCount('<one@portal.test>')).toBe(2);
  });

  it('logs every step of a conversation', async () => {
    await send('b@example.test');
    await vi.waitFor(() => expect(sink.log.at(-1)?.type).toBe('close'));
    expect(sink.log.map((it) => it.type)).toEqual([
      'connect',
      'login',
      'mail',
      'rcpt',
      'data',
      'reply',
      'close',
    ]);
  });
});

describe('rules', () => {
  it.each([
    ['full.box@example.test', 452],
    ['busy@example.test', 451],
    ['unknown@example.test', 550],
    ['blocked@example.test', 554],
    ['content@example.test', 554],
  ])('refuses %s with %i', async (address, code) => {
    expect(await send(address)).toBe(code);
    expect(sink.messages.filter((it) => it.accepted)).toEqual([]);
  });

  it('greylists the first try of each pair of sender and recipient', async () => {
    expect(await send('greylist.one@example.test')).toBe(451);
    expect(await send('greylist.two@example.test')).toBe(451);
    expect(await send('greylist.one@example.test')).toBe(250);
  });

  it('lets a scripted rule speak first, as often as asked, until it is taken away', async () => {
    const remove = sink.script({ phase: 'rcpt', recipient: /^b$/, reply: '550 5.1.1 Gone', times: 1 });
    expect(await send('b@example.test')).toBe(550);
    expect(await send('b@example.test')).toBe(250);
    remove();
    sink.script({ phase: 'mail', reply: '451 4.3.0 Not now' });
    expect(await send('b@example.test')).toBe(451);
  });
});

describe('switches', () => {
  it('holds the answer after the final dot until released', async () => {
    sink.pauseAfterData();
    const received = once(sink, 'received');
    const sending = send('b@example.test');
    await received;
    expect(sink.messages[0]?.reply).toBeNull();
    sink.release();
    expect(await sending).toBe(250);
    expect(sink.messages[0]?.reply).toContain('250');
  });

  it('takes a message and cuts the connection instead of answering', async () => {
    sink.dropAfterFinalDot(1);
    expect(await send('b@example.test', { messageId: '<doubt@portal.test>' })).toBe(0);
    expect(sink.acceptedCount('<doubt@portal.test>')).toBe(1);
    expect(sink.messages[0]).toMatchObject({ accepted: true, reply: null });
    expect(await send('b@example.test')).toBe(250);
  });

  it('refuses logins and accepts them again', async () => {
    sink.refuseLogins(true);
    expect(await send('b@example.test')).toBe(535);
    sink.refuseLogins(false);
    expect(await send('b@example.test')).toBe(250);
  });

  it('goes down with its open connections and comes up on the same port', async () => {
    sink.pauseAfterData();
    const received = once(sink, 'received');
    const sending = send('b@example.test');
    await received;
    await sink.down();
    expect(await sending).toBe(0);
    expect(await send('b@example.test')).toBe(0);
    sink.release();
    await sink.up();
    expect(await send('b@example.test')).toBe(250);
  });
});
