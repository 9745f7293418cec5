import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createTransport } from 'nodemailer';
import { afterEach, expect, it, vi } from 'vitest';
import { SmtpConversation } from './smtp-conversation.ts';

interface Received {
  recipients: readonly string[];
  bytes: number;
}

let server: Server;
let socket: Socket | undefined;

afterEach(() => {
  socket?.destroy();
  server.close();
});

async function listen(replyDelayMs = 0): Promise<{ port: number; received: Received[] }> {
  const received: Received[] = [];
  server = createServer((it) => {
    void new SmtpConversation(it, replyDelayMs, (recipients, bytes) => received.push({ recipients, bytes }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, received };
}

it('takes two messages of nodemailer on one connection, lines that begin with a dot included', async () => {
  const { port, received } = await listen();
  const transport = createTransport({
    host: '127.0.0.1',
    port,
    ignoreTLS: true,
    pool: true,
    maxConnections: 1,
  });
  const text = 'one\r\n.two\r\n..three\r\n';
  await transport.sendMail({ from: 'a@bench.test', to: 'b1-0@bench.test', text });
  await transport.sendMail({ from: 'a@bench.test', to: ['b1-1@bench.test', 'b1-2@bench.test'], text: '' });
  transport.close();
  expect(received.map((it) => it.recipients)).toEqual([
    ['b1-0@bench.test'],
    ['b1-1@bench.test', 'b1-2@bench.test'],
  ]);
  expect(received[0]?.bytes).toBeGreaterThan(text.length);
});

it('finds the end of the data wherever the network cuts it', async () => {
  const { port, received } = await listen();
  const words =
    'EHLO me\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\nSubject: x\r\n\r\n.\r\nMAIL FROM:<a@x>\r\n' +
    'RCPT TO:<c@x>\r\nDATA\r\n.\r\nQUIT\r\n';
  const replies = await talk(port, words.split(''));
  expect(received).toEqual([
    { recipients: ['b@x'], bytes: 'Subject: x\r\n\r\n.\r\n'.length },
    { recipients: ['c@x'], bytes: '.\r\n'.length },
  ]);
  expect(replies.match(/^\d{3}(?= )/gm)?.join(' ')).toBe('220 250 250 250 354 250 250 250 354 250 221');
});

it('refuses commands out of order', async () => {
  const { port, received } = await listen();
  const replies = await talk(port, ['RCPT TO:<b@x>\r\nDATA\r\nWHAT\r\nQUIT\r\n']);
  expect(replies.match(/^\d{3}/gm)).toEqual(['220', '503', '503', '502', '221']);
  expect(received).toEqual([]);
});

it('holds each reply back for the delay, in order', async () => {
  const { port } = await listen(20);
  const started = performance.now();
  const replies = await talk(port, ['NOOP\r\nRSET\r\nQUIT\r\n']);
  expect(replies.match(/^\d{3}/gm)).toEqual(['220', '250', '250', '221']);
  expect(performance.now() - started).toBeGreaterThanOrEqual(19);
});

/** Writes the pieces one by one and returns what the server wrote until it hung up. */
async function talk(port: number, pieces: string[]): Promise<string> {
  const client = connect({ port, host: '127.0.0.1', noDelay: true });
  socket = client;
  let text = '';
  let ended = false;
  client.setEncoding('latin1');
  client.on('data', (chunk: string) => (text += chunk));
  client.on('end', () => (ended = true));
  for (const piece of pieces) await new Promise((resolve) => client.write(piece, resolve));
  await vi.waitFor(() => expect(ended).toBe(true), { timeout: 5000, interval: 5 });
  return text;
}
