import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { removeUnusedAttachments, storeAttachment } from '../src/db/attachments.ts';
import { readTotal } from '../src/db/email-counts.ts';
import { revealEmails } from '../src/db/reveal-emails.ts';
import { readSettings, writeSettings } from '../src/db/settings.ts';
import { sightOf } from '../src/outbox/visibility.ts';
import { anHourAgo, author, emailFor, givenOutbox, inOneHour, outcomeOf, submit } from './outbox-fixture.ts';

const given = givenOutbox();
const day = 24 * 3600_000;

const upload = async (size = 3, portalId = given.portalId) => {
  async function* body() {
    yield new Uint8Array(size);
  }
  return (await storeAttachment(given.database, portalId, randomUUID(), body()))!.id;
};
async function rows(): Promise<number> {
  const [row] = await given.database<{ count: number }[]>`
    select (select count(*) from outbox_email) + (select count(*) from email_content)
      + (select count(*) from email_recipient) + (select count(*) from email_attachment)
      + (select count(*) from submission) as count`;
  return row!.count;
}

describe('the same key', () => {
  it('with the same body gives the same ids, and creates nothing', async () => {
    const emails = [emailFor(await given.connector()), emailFor(await given.connector())];
    const first = await submit(given.database, given.portalId, emails, 'key 1');
    const before = await rows();
    const second = await submit(given.database, given.portalId, emails, 'key 1');
    expect(first).toMatchObject({ kind: 'created', ids: [expect.any(String), expect.any(String)] });
    expect(second).toEqual({ ...first, kind: 'repeated' });
    expect(await rows()).toBe(before);
  });

  it('with another body is refused, and creates nothing', async () => {
    const connectorId = await given.connector();
    await submit(given.database, given.portalId, [emailFor(connectorId)], 'key 2');
    const before = await rows();
    const other = [emailFor(connectorId, { subject: 'Other' })];
    expect(await submit(given.database, given.portalId, other, 'key 2')).toEqual({ kind: 'key_reused' });
    expect(await rows()).toBe(before);
  });

  it('answers as it did even when the connector is gone meanwhile', async () => {
    const connectorId = await given.connector();
    const first = await submit(given.database, given.portalId, [emailFor(connectorId)], 'key 3');
    await given.database`update connector set portal_id = ${randomUUID()} where id = ${connectorId}`;
    const again = await submit(given.database, given.portalId, [emailFor(connectorId)], 'key 3');
    expect(again).toEqual({ ...first, kind: 'repeated' });
  });

  it('is another portal’s own', async () => {
    const portalId = randomUUID();
    const emails = [emailFor(await given.connector(portalId))];
    await submit(given.database, given.portalId, [emailFor(await given.connector())], 'key 4');
    expect((await submit(given.database, portalId, emails, 'key 4')).kind).toBe('created');
  });

  it('from two who submit at once creates once, many times over', async () => {
    const connectorId = await given.connector();
    for (let round = 0; round < 50; round += 1) {
      const emails = [emailFor(connectorId), emailFor(connectorId)];
      const results = await Promise.all(
        [given.database, given.other].map((pool) => submit(pool, given.portalId, emails, `at once ${round}`)),
      );
      expect(results.map((it) => it.kind).toSorted()).toEqual(['created', 'repeated']);
      expect(new Set(results.map((it) => JSON.stringify('ids' in it && it.ids))).size).toBe(1);
    }
    const [{ count }] = (await given.database`
      select count(*)::int as count from outbox_email where connector_id = ${connectorId}`) as [
      { count: number },
    ];
    expect(count).toBe(100);
  });

  it('with two bodies at once creates one of them', async () => {
    const connectorId = await given.connector();
    const results = await Promise.all(
      ['One', 'Two'].map((subject, index) =>
        submit(
          [given.database, given.other][index]!,
          given.portalId,
          [emailFor(connectorId, { subject })],
          'two bodies',
        ),
      ),
    );
    expect(results.map((it) => it.kind).toSorted()).toEqual(['created', 'key_reused']);
  });
});

describe('a submission is refused as a whole, naming each field, for', () => {
  const refused = async (changes: Parameters<typeof emailFor>[1], kind: string, field: string) => {
    const connectorId = await given.connector();
    const emails = [emailFor(connectorId), emailFor(connectorId, changes), emailFor(connectorId)];
    const before = await rows();
    expect(await submit(given.database, given.portalId, emails)).toEqual({
      kind,
      problems: [{ field, detail: expect.stringMatching(/\.$/) as string }],
    });
    expect(await rows()).toBe(before);
  };

  it('an unknown connector', () =>
    refused({ connectorId: randomUUID() }, 'invalid', '/emails/1/connectorId'));

  it('another portal’s connector', async () =>
    refused({ connectorId: await given.connector(randomUUID()) }, 'invalid', '/emails/1/connectorId'));

  it('an unknown attachment', async () => {
    const attachments = [
      { id: await upload(), fileName: 'a' },
      { id: randomUUID(), fileName: 'b' },
    ];
    await refused({ attachments }, 'invalid', '/emails/1/attachments/1/id');
  });

  it('another portal’s attachment', async () => {
    const attachments = [{ id: await upload(3, randomUUID()), fileName: 'a' }];
    await refused({ attachments }, 'invalid', '/emails/1/attachments/0/id');
  });

  it('an attachment whose upload is not complete', async () => {
    const id = randomUUID();
    await given.database`insert into attachment (id, portal_id, size) values (${id}, ${given.portalId}, 0)`;
    await refused({ attachments: [{ id, fileName: 'a' }] }, 'invalid', '/emails/1/attachments/0/id');
  });

  it.each([
    ['more than a year ahead', new Date(Date.now() + 367 * day).toISOString()],
    ['in the last second of the year 9999, west of Greenwich', '9999-12-31T23:59:59-12:00'],
  ])('a time %s', async (_, sendAt) => {
    await refused({ sendAt }, 'invalid', '/emails/1/sendAt');
  });

  it('more bytes than the portal allows, text, HTML and attachments together', async () => {
    const { revision, ...settings } = await readSettings(given.database, given.portalId);
    await writeSettings(given.database, given.portalId, { ...settings, maxEmailBytes: 100_000 }, revision);
    const attachments = [{ id: await upload(50_000), fileName: 'a' }];
    const fits = { text: 'x'.repeat(25_000), html: 'é'.repeat(12_500), attachments };
    expect(
      (await submit(given.database, given.portalId, [emailFor(await given.connector(), fits)])).kind,
    ).toBe('created');
    await refused({ ...fits, text: 'x'.repeat(25_001) }, 'too_large', '/emails/1');
  });
});

describe('a submission is taken', () => {
  it.each([
    ['a year ahead, to the minute', () => new Date(Date.now() + 366 * day - 60_000).toISOString()],
    ['in the past: due at once', () => anHourAgo().toISOString()],
    ['in the year 0', () => '0000-01-01T00:00:00Z'],
    ['in the year 1, east of Greenwich', () => '0001-01-01T00:00:00+14:00'],
    ['with nanoseconds and an offset', () => '2001-02-03T04:05:06.123456789+05:30'],
  ])('whose time is %s', async (_, sendAt) => {
    const id = await given.submit(await given.connector(), { sendAt: sendAt() });
    const { due_at, submitted_at } = await given.row(id);
    const wanted = Math.max(Date.parse(sendAt()), submitted_at.getTime() - 1000);
    expect(Math.abs(due_at.getTime() - wanted)).toBeLessThan(2000);
  });

  it('with its rows in the order of the request', async () => {
    const connectorId = await given.connector();
    const ids = await given.submitMany(
      connectorId,
      Array.from({ length: 50 }, (_, index) => ({ subject: `${index}` })),
    );
    const shown = await given.database<{ id: string }[]>`
      select id from outbox_email where id = any(${ids}::uuid[]) order by submitted_at, id`;
    expect(shown.map((row) => row.id)).toEqual(ids);
  });
});

describe('an email is listed', () => {
  beforeEach(async () => {
    await given.database`update outbox_email set listed = true where not listed`;
  });
  const counted = async () => {
    const sight = sightOf(await given.scopeOf(author), 'mine');
    return (await readTotal(given.database, { portalId: given.portalId, sight, filter: {} })).value;
  };

  it('at once when it is scheduled', async () => {
    const before = await counted();
    await given.submit(await given.connector(), { sendAt: inOneHour().toISOString() });
    expect(await counted()).toBe(before + 1);
  });

  it('only after 3 s when it is to leave at once', async () => {
    const before = await counted();
    const id = await given.submit(await given.connector());
    const row = await given.row(id);
    expect(row.list_at.getTime() - row.due_at.getTime()).toBe(3000);
    const wait = await revealEmails(given.database);
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(3000);
    expect(await counted()).toBe(before);
    await given.put(id, { list_at: new Date() });
    expect(await revealEmails(given.database)).toBeNull();
    expect(await counted()).toBe(before + 1);
    expect(await given.row(id)).toMatchObject({ listed: true, version: row.version + 1 });
    await revealEmails(given.database);
    expect((await given.row(id)).version).toBe(row.version + 1);
  });

  it('at once when it fails before that', async () => {
    const before = await counted();
    const email = await given.claimed(await given.connector());
    expect(await counted()).toBe(before);
    await given.settle(outcomeOf(email, { result: 'deferred', reply: '451', cause: 'greylisted' }));
    expect(await counted()).toBe(before + 1);
  });

  it('never when it has left by then', async () => {
    const before = await counted();
    await given.settle(outcomeOf(await given.claimed(await given.connector())));
    expect(await counted()).toBe(before);
  });
});

it('removes attachments a day after their upload, unless an email names them', async () => {
  const [used, unused, fresh] = [await upload(), await upload(), await upload()];
  await given.submit(await given.connector(), { attachments: [{ id: used, fileName: 'a' }] });
  await given.database`
    update attachment set created_at = now() - interval '25 hours' where id in (${used}, ${unused})`;
  expect(await removeUnusedAttachments(given.database)).toBe(1);
  const left = await given.database<{ id: string }[]>`
    select id from attachment where id in (${used}, ${unused}, ${fresh})`;
  expect(left.map((row) => row.id).toSorted()).toEqual([used, fresh].toSorted());
});
