import { createHash, randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { SubmissionDesk, type Submitted } from '../src/api/submission-desk.ts';
import { openDatabase } from '../src/db/database.ts';
import { emailFor, givenOutbox, silent, type EmailChanges } from './outbox-fixture.ts';

const given = givenOutbox();

const submitted = (
  connectorId: string,
  changes: EmailChanges = {},
  key: string = randomUUID(),
): Submitted => {
  const id = randomUUID();
  const submission = emailFor(connectorId, changes);
  const bodySha256 = createHash('sha256').update(JSON.stringify(submission)).digest('hex');
  const emails = [{ id, messageId: `<${id}@portal.example>`, submission }];
  return { portalId: given.portalId, key, bodySha256, bytes: 100, emails };
};

it('answers each of many that arrive together for itself', async () => {
  const desk = new SubmissionDesk(given.database);
  const connectorId = await given.connector();
  const good = Array.from({ length: 30 }, (_, index) => submitted(connectorId, { subject: `${index}` }));
  const wrong = submitted(randomUUID());
  const answers = await Promise.all([...good, wrong].map((it) => desk.submit(it)));
  for (const [index, { emails }] of good.entries()) {
    expect(answers[index]).toEqual({ kind: 'created', ids: [emails[0]!.id] });
    expect((await given.row(emails[0]!.id)).state).toBe('waiting');
  }
  expect(answers.at(-1)).toMatchObject({
    kind: 'invalid',
    problems: [{ field: '/emails/0/connectorId' }],
  });
});

it('keeps a key that arrives several times at once only once, whichever body it comes with', async () => {
  const desk = new SubmissionDesk(given.database);
  const connectorId = await given.connector();
  const key = randomUUID();
  const [one, same, other] = [{}, {}, { subject: 'Another' }].map((it) => submitted(connectorId, it, key));
  const answers = await Promise.all([one!, same!, other!].map((it) => desk.submit(it)));
  const ids = [one!.emails[0]!.id];
  expect(answers).toEqual([{ kind: 'created', ids }, { kind: 'repeated', ids }, { kind: 'key_reused' }]);
});

it('does not hold up others with one that the database refuses', async () => {
  const desk = new SubmissionDesk(given.database);
  const connectorId = await given.connector();
  await given.database`alter table email_content add constraint poison check (text <> 'poison')`;
  const first = desk.submit(submitted(connectorId));
  const answers = await Promise.allSettled(
    [{ text: 'a' }, { text: 'poison' }, { text: 'b' }].map((it) => desk.submit(submitted(connectorId, it))),
  );
  await given.database`alter table email_content drop constraint poison`;
  expect((await first).kind).toBe('created');
  expect(answers.map((it) => it.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

it('refuses, and goes on, when the database is not there', async () => {
  const gone = openDatabase(given.url, 'test, ended', 1, silent);
  await gone.end();
  const desk = new SubmissionDesk(gone);
  const connectorId = await given.connector();
  await expect(desk.submit(submitted(connectorId))).rejects.toThrow();
  await expect(desk.submit(submitted(connectorId))).rejects.toThrow();
});
