import { createServer, connect, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { inTransaction, openDatabase, type Database } from '../src/db/database.ts';
import { givenOutbox, silent } from './outbox-fixture.ts';

const given = givenOutbox();
const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

/** A pool through a connection that closes in good order, as PostgreSQL's does when it shuts down, at this statement. */
async function closingAt(statement: string): Promise<Database> {
  const target = new URL(given.url);
  const port = Number(target.port);
  const server: Server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    client.on('data', (chunk) => (chunk.includes(statement) ? client.end() : upstream.write(chunk)));
    upstream.on('data', (chunk) => client.writable && client.write(chunk));
    for (const socket of [client, upstream]) {
      socket.on('error', () => undefined);
      socket.on('close', () => [client, upstream].forEach((it) => it.destroy()));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  target.port = String((server.address() as AddressInfo).port);
  target.hostname = '127.0.0.1';
  const database = openDatabase(target.href, 'test', 1, silent);
  stops.push(() => new Promise((resolve) => server.close(resolve)));
  stops.push(() => database.end({ timeout: 1 }));
  return database;
}

describe('a transaction whose connection closes', () => {
  it('fails, leaves the process alone, and the next one works', async () => {
    const database = await closingAt('the last words');
    const broken = inTransaction(database, (tx) => tx`select 'the last words'`);
    await expect(broken).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    const [row] = await inTransaction(database, (tx) => tx<{ one: number }[]>`select 1 as one`);
    expect(row?.one).toBe(1);
  });

  it('is rolled back when the work itself fails', async () => {
    const work = inTransaction(given.database, async (tx) => {
      await tx`create table never_made (id integer)`;
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    const [row] = await given.database<
      { made: string | null }[]
    >`select to_regclass('never_made')::text as made`;
    expect(row?.made).toBeNull();
  });
});
