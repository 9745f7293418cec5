import { describe, expect, it } from 'vitest';
import { readSnapshot } from '../src/db/changes.ts';
import { disableConnector } from '../src/db/connectors.ts';
import { inTransaction } from '../src/db/database.ts';
import { cancelEmail } from '../src/db/email-transitions.ts';
import { notePortalChanged } from '../src/db/import-emails.ts';
import { revealEmails } from '../src/db/reveal-emails.ts';
import { eventId, scopeMark } from '../src/feed/event-id.ts';
import { readSnapshot as parseSnapshot } from '../src/feed/snapshot.ts';
import { givenFeed, touch, type Reader } from './feed-fixture.ts';
import { author, givenOutbox, many, outcomeOf } from './outbox-fixture.ts';

const given = givenOutbox();
const feed = givenFeed(given);

it('begins with hello, the server’s time in it, and tells nothing that was before', async () => {
  await touch(given.database, await feed.listedEmail());
  const reader = await feed.read();
  expect(reader.events).toHaveLength(1);
  const { change } = reader.events[0]!;
  const serverTime = change.type === 'hello' ? Date.parse(change.serverTime) : NaN;
  expect(Math.abs(serverTime - Date.now())).toBeLessThan(5000);
});

it('tells the readers of a portal, and no others, to reload after an import', async () => {
  const reader = await feed.read();
  const stranger = await feed.read({ portalId: '11111111-1111-4111-8111-111111111111' });
  await notePortalChanged(given.database, given.portalId);
  await reader.hears('reset');
  const id = await feed.listedEmail();
  await touch(given.database, id);
  await reader.hears('reset', `row ${id} all mine team`);
  expect(stranger.told).toEqual([]);
});

describe('an email’s way is told', () => {
  it('from the moment it is listed to the moment it was sent', async () => {
    const reader = await feed.read();
    const email = await given.claimed(await given.connector());
    await given.settle(outcomeOf(email, { result: 'deferred', reply: '451', cause: 'greylisted' }));
    const row = `row ${email.id} all mine team`;
    await reader.hears(row);
    await given.put(email.id, { state: 'claimed', claim_token: email.claim.claimToken });
    await given.settle(outcomeOf(email));
    await reader.hears(row, `gone ${email.id} sent`);
  });

  it('not at all when it left before it was ever listed', async () => {
    const connectorId = await given.connector();
    const reader = await feed.read();
    await given.settle(outcomeOf(await given.claimed(connectorId)));
    const id = await feed.listedEmail({}, given.portalId);
    await touch(given.database, id);
    await reader.hears(`row ${id} all mine team`);
  });

  it('when it is cancelled, and restored', async () => {
    const id = await feed.listedEmail();
    const reader = await feed.read();
    const scope = await given.scopeOf(author);
    await cancelEmail(given.database, scope, id);
    await reader.hears(`gone ${id} cancelled`);
    await given.put(id, { state: 'waiting', version: 9 });
    await reader.hears(`gone ${id} cancelled`, `row ${id} all mine team`);
  });

  it('when its 3 s are over', async () => {
    const id = await given.submit(await given.connector());
    const reader = await feed.read();
    await given.put(id, { list_at: new Date(0) });
    await revealEmails(given.database);
    await reader.hears(`row ${id} all mine team`);
  });

  it('once for a connector that is toggled, not once for each of its emails', async () => {
    const connectorId = await given.connector();
    const ids = await given.submitMany(connectorId, many(5));
    for (const id of ids) await given.put(id, { listed: true });
    const reader = await feed.read();
    await inTransaction(given.database, (tx) =>
      disableConnector(tx, given.portalId, connectorId, 'administrator'),
    );
    await given.put(ids[0]!, { version: 7 });
    await reader.hears(`row ${ids[0]} all mine team`);
    const connectors = reader.events.filter(({ change }) => change.type === 'connector');
    expect(connectors.map(({ change }) => change)).toEqual([{ type: 'connector', id: connectorId }]);
  });
});

describe('a reader', () => {
  it('is told only what it may see', async () => {
    const id = await feed.listedEmail({ packet: { ref: 'P', type: 'ticket' } });
    const readers = await Promise.all([author, 'eve'].map((user) => feed.read({ user })));
    const stranger = await feed.read({ portalId: crypto.randomUUID() });
    await touch(given.database, id);
    await cancelEmail(given.database, await given.scopeOf(author), id);
    const eves = await feed.listedEmail({ authorId: 'eve' });
    await touch(given.database, eves);
    await readers[1]!.hears(`row ${eves} all mine team`);
    const { told } = readers[0]!;
    expect(told.at(-1)).toBe(`gone ${id} cancelled`);
    expect(told.join()).not.toContain(eves);
    expect(stranger.told).toEqual([]);
  });

  it('of a portal that nobody read until now misses nothing of what is being told to another portal', async () => {
    const portalId = crypto.randomUUID();
    const [theirs, ours] = [await feed.listedEmail({}, portalId), await feed.listedEmail()];
    const first = await feed.read();
    const position = parseSnapshot((await readSnapshot(given.database)).snapshot)!;
    const from = eventId(position, scopeMark(await given.scopeOf(author, portalId)));
    const touching = await feed.transaction(async (tx) => {
      await touch(tx, theirs);
      await touch(tx, ours);
    });
    // Rows join packets: the feed waits in the middle of telling, while scopes can still be read. The lock is the
    // younger transaction, so that it holds no change back.
    const lock = await feed.transaction((tx) => tx`lock table packet in access exclusive mode`);
    await touching.commit();
    await expect.poll(() => given.database`select from pg_locks where not granted`).toHaveLength(1);
    const opening = feed.read({ portalId, lastEventId: from });
    await lock.commit();
    const second = await opening;
    await first.hears(`row ${ours} all mine team`);
    await second.hears(`row ${theirs} all mine team`);
  });
});

it('a bulk operation is told to whoever asked for it, as far as it is, and to nobody else', async () => {
  const { database, portalId } = given;
  const readers = await Promise.all([author, 'eve'].map((user) => feed.read({ user })));
  const id = crypto.randomUUID();
  await database`
    insert into bulk_operation (id, portal_id, user_id, administrator, action, state, matched)
    values (${id}, ${portalId}, ${author}, false, 'cancel', 'running', 3)`;
  const operations = (reader: Reader) =>
    reader.events.flatMap(({ change }) => (change.type === 'bulk' ? [change.operation] : []));
  await expect.poll(() => operations(readers[0]!).at(-1)).toMatchObject({ id, state: 'running', matched: 3 });
  await database`update bulk_operation set state = 'stopped', ended_at = now() where id = ${id}`;
  await expect.poll(() => operations(readers[0]!).at(-1)).toMatchObject({ id, state: 'stopped' });
  const email = await feed.listedEmail({ authorId: 'eve' });
  await touch(database, email);
  await readers[1]!.hears(`row ${email} all mine team`);
  expect(operations(readers[1]!)).toEqual([]);
});

it('tells nothing more after its stream was closed', async () => {
  const id = await feed.listedEmail();
  const [closed, other] = [await feed.read(), await feed.read()];
  closed.close();
  await touch(given.database, id);
  await other.hears(`row ${id} all mine team`);
  expect(closed.told).toEqual([]);
});
