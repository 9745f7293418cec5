import { describe, expect, it } from 'vitest';
import { cancelEmail, restoreEmail, retryEmail, sendEmailNow } from '../src/db/email-transitions.ts';
import { author, givenOutbox, inOneHour } from './outbox-fixture.ts';

const given = givenOutbox();
const past = () => ({ actBy: new Date(Date.now() - 60_000) });

/** A database that was away carries out what has waited for it: by then its sender may have asked for the opposite. */
describe('an action whose time is over', () => {
  it.each([
    ['cancel', 'waiting', cancelEmail],
    ['restore', 'cancelled', restoreEmail],
    ['send now', 'waiting', sendEmailNow],
  ] as const)('%s leaves the email as it is', async (_, state, act) => {
    const scope = await given.scopeOf(author);
    const id = await given.submit(await given.connector(), { sendAt: inOneHour().toISOString() });
    if (state === 'cancelled') await cancelEmail(given.database, scope, id);
    expect(await act(given.database, { ...scope, ...past() }, id)).toBe(false);
    expect((await given.row(id)).state).toBe(state);
    expect(await act(given.database, scope, id)).toBe(true);
  });

  it('retry leaves the email as it is', async () => {
    const scope = await given.scopeOf(author);
    const id = await given.submit(await given.connector());
    await given.database`update outbox_email set state = 'failed' where id = ${id}`;
    expect(await retryEmail(given.database, { ...scope, ...past() }, id, true)).toBe(false);
    expect(await retryEmail(given.database, scope, id, true)).toBe(true);
  });
});
