import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Readable } from 'node:stream';
import postgres from 'postgres';
import getPort from 'get-port';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../stack/eventually.ts';
import { draft, givenStack } from './given-stack.ts';

const MiB = 1024 * 1024;
const most = 64 * MiB;
const given = givenStack({ workers: 1 });

/** What a mail server has taken: it keeps no more of a message than its length and the hash of its attachment. */
interface Taken {
  to: string;
  bytes: number;
  sha256: string;
}
const taken: Taken[] = [];
const servers: SMTPServer[] = [];

beforeAll(() => given.backEnd.changeSettings({ maxEmailBytes: 60 * MiB }));
afterAll(() => Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(resolve)))));

/** A mail server that says in its greeting how much it takes, and a connector to it. */
async function givenServer(
  name: string,
  size: number,
): Promise<{ connectorId: string; offered: () => number }> {
  const port = await getPort();
  let offered = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    size,
    closeTimeout: 100,
    onMailFrom: (_address, _session, done) => {
      offered += 1;
      done();
    },
    onData(stream, session, done) {
      void hashAttachment(stream).then(({ bytes, sha256 }) => {
        taken.push({ to: session.envelope.rcptTo[0]?.address ?? '', bytes, sha256 });
        done();
      });
    },
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  const { id } = await given.backEnd.createConnector({ name, host: '127.0.0.1', port, security: 'none' });
  await given.backEnd.enableConnector(id);
  return { connectorId: id, offered: () => offered };
}

describe.runIf(existsSync('/proc/self/clear_refs'))('a file of 50 MB on its way to the mail server', () => {
  it('arrives byte for byte and costs no process more than 64 MB', { timeout: 120_000 }, async () => {
    const { connectorId } = await givenServer('Roomy', 100 * MiB);
    for (const number of [1, 2, 3]) {
      await send(connectorId, `warm.${number}@example.test`, randomBytes(2 * MiB));
    }
    const { api, dispatcher, workers } = given.stack;
    const programs = [api, dispatcher, workers[0]!].map(({ name, pid }) => ({ name, pid: pid! }));
    const before = await Promise.all(programs.map(({ pid }) => memory(pid, 'VmRSS')));
    await Promise.all(programs.map(({ pid }) => writeFile(`/proc/${pid}/clear_refs`, '5')));
    const database = await watchBackends(given.stack.databaseUrl);

    await send(connectorId, 'large@example.test', randomBytes(50 * MiB));

    const grown: Record<string, number> = { database: await database.grown() };
    for (const [index, { name, pid }] of programs.entries()) {
      grown[name] = (await memory(pid, 'VmHWM')) - before[index]!;
    }
    const told = Object.entries(grown).map(([name, bytes]) => `${name} ${(bytes / MiB).toFixed(1)} MiB`);
    console.log(`      A file of 50 MiB made these grow: ${told.join(', ')}`);
    for (const [name, bytes] of Object.entries(grown)) expect(bytes, name).toBeLessThan(most);
  });
});

describe('a mail server that takes 1 MiB', () => {
  it('gets what just fits, and is not asked to take what does not: Failed for good', async () => {
    const { connectorId, offered } = await givenServer('Small', MiB);
    // Base64 makes 4 bytes of 3, and a line break after each 76.
    await send(connectorId, 'fits@example.test', randomBytes(765_000));
    expect(taken.find((it) => it.to === 'fits@example.test')?.bytes).toBeGreaterThan(0.998 * MiB);
    const before = offered();
    const id = await submit(connectorId, 'bursts@example.test', randomBytes(767_000));
    const { email } = await eventually('it to fail', async () => {
      const detail = await given.author.detail(id);
      return detail.email.status === 'failed' ? detail : null;
    });
    expect(email).toMatchObject({ lastFailure: { cause: 'too_large' }, nextAttemptAt: null });
    expect(offered()).toBe(before);
    expect(await given.author.attempts(id)).toMatchObject([{ result: 'rejected', phase: 'mail' }]);
  });
});

it('refuses at once what is larger than the portal allows', async () => {
  await given.backEnd.changeSettings({ maxEmailBytes: 100_000 });
  const attempt = submit(given.connectorId, 'toobig@example.test', randomBytes(100_001));
  await expect(attempt).rejects.toMatchObject({ status: 413, problem: { code: 'too_large' } });
  await given.backEnd.changeSettings({ maxEmailBytes: 60 * MiB });
});

async function submit(connectorId: string, to: string, bytes: Buffer): Promise<string> {
  const { id } = await given.backEnd.uploadAttachment(bytes);
  const [email] = await given.backEnd.submit([
    draft(connectorId, to, { attachments: [{ id, fileName: 'file.bin' }] }),
  ]);
  return email!;
}

/** Uploads, submits and waits until the mail server has it whole. */
async function send(connectorId: string, to: string, bytes: Buffer): Promise<void> {
  await submit(connectorId, to, bytes);
  const message = await eventually(`${to} to arrive`, () => taken.find((it) => it.to === to), 60);
  expect(message.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
}

/** Reads slowly at first: who reads ahead on behalf of a slow server needs the memory for it. */
async function hashAttachment(stream: Readable): Promise<{ bytes: number; sha256: string }> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    if (chunks.length === 1) await pause(500);
    chunks.push(chunk as Buffer);
  }
  const raw = Buffer.concat(chunks).toString('latin1');
  const end = raw.lastIndexOf('\r\n--', raw.lastIndexOf('--\r\n') - 3);
  const part = raw.slice(raw.lastIndexOf('\r\n\r\n', end - 1), end);
  return {
    bytes: raw.length,
    sha256: createHash('sha256').update(Buffer.from(part, 'base64')).digest('hex'),
  };
}

/** A figure of /proc/PID/status in bytes. */
async function memory(pid: number, figure: 'VmRSS' | 'VmHWM' | 'RssAnon'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${figure}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024;
}

/**
 * Watches the backends of the service. Their own memory (anonymous), sampled: the buffers that all of them share have a
 * fixed size, and the kernel keeps no peak without them.
 */
async function watchBackends(url: string): Promise<{ grown: () => Promise<number> }> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  const idle = new Map<number, number>();
  let largest = 0;
  let over = false;
  const sample = async (): Promise<void> => {
    const rows = await sql<{ pid: number }[]>`
      select pid from pg_stat_activity where application_name like 'portal-outbox%'`;
    for (const { pid } of rows) {
      const bytes = await memory(pid, 'RssAnon').catch(() => 0);
      if (!idle.has(pid)) idle.set(pid, bytes);
      largest = Math.max(largest, bytes - (idle.get(pid) ?? 0));
    }
  };
  await sample();
  const sampling = (async () => {
    while (!over) {
      await sample();
      await pause(20);
    }
  })();
  return {
    grown: async () => {
      over = true;
      await sampling;
      await sql.end();
      return largest;
    },
  };
}
