import { describe, expect, it } from 'vitest';
import { limits, type Problem } from '@portal-outbox/contracts';
import { untilNextDue } from '../src/db/dispatch-due.ts';
import { portalApi } from './api-fixture.ts';
import { emailFor, givenOutbox } from './outbox-fixture.ts';

const given = givenOutbox();
const api = portalApi(given);

const dueOf = async (sendAt: string) =>
  (await given.row(await given.submit(await given.connector(), { sendAt }))).due_at;
const daysAhead = (days: number) => new Date(Date.now() + days * 24 * 3600_000);
/** The next such Sunday, as clocks change: the `nth` of the month (0 to 11), -1 for the last. */
function nextSunday(month: number, nth: number): Date {
  const now = new Date();
  for (const year of [now.getUTCFullYear(), now.getUTCFullYear() + 1]) {
    const sundays = Array.from({ length: 31 }, (_, day) => new Date(Date.UTC(year, month, day + 1))).filter(
      (it) => it.getUTCMonth() === month && it.getUTCDay() === 0,
    );
    const sunday = sundays.at(nth < 0 ? nth : nth - 1)!;
    if (sunday.getTime() > now.getTime() + 24 * 3600_000) return sunday;
  }
  throw new Error('Every year has one.');
}

async function submitAt(sendAt: string) {
  const email = { ...emailFor(await given.connector()), sendAt };
  const answer = await api.call('back-end', 'POST', '/v1/emails', {
    body: { emails: [email] },
    headers: { 'idempotency-key': `at ${sendAt} ${Math.random()}`.replaceAll(' ', '-') },
    roles: ['portal'],
  });
  return { status: answer.status, body: answer.body as Problem & { ids: string[] } };
}

describe('a date with its offset is one instant, whatever the clocks of its place do then', () => {
  const march = nextSunday(2, -1);
  const october = nextSunday(9, -1);
  it.each([
    ['in the hour that Paris skips, by winter time', march, '02:30:00', '+01:00', -60],
    ['in the hour that Paris skips, by summer time', march, '02:30:00', '+02:00', -120],
    ['in the hour that Paris has twice, the first time', october, '02:30:00', '+02:00', -120],
    ['in the hour that Paris has twice, the second time', october, '02:30:00', '+01:00', -60],
    ['in the hour that New York skips', nextSunday(2, 2), '02:30:00', '-05:00', 300],
    ['half an hour off, as in Newfoundland', march, '02:30:00', '-03:30', 210],
    ['at the largest offset there is', march, '02:30:00', '+14:00', -840],
    ['at midnight, written as the end of the day', march, '24:00:00', 'Z', 21 * 60 + 30],
  ])('%s', async (_, day, time, offset, minutes) => {
    const due = await dueOf(`${day.toISOString().slice(0, 10)}T${time}${offset}`);
    expect(due).toEqual(new Date(day.getTime() + (2 * 60 + 30 + minutes) * 60_000));
  });
});

describe('an email for later', () => {
  it('is due at that instant, to the millisecond', async () => {
    const at = new Date(Math.floor(daysAhead(3).getTime() / 1000) * 1000 + 123);
    expect(await dueOf(at.toISOString())).toEqual(at);
  });

  it('in another offset is due at the same instant', async () => {
    const at = daysAhead(100);
    const inTokyo = new Date(at.getTime() + 9 * 3600_000).toISOString().replace('Z', '+09:00');
    expect(await dueOf(inTokyo)).toEqual(at);
  });

  it('may be a year ahead and not more', async () => {
    expect((await submitAt(daysAhead(365).toISOString())).status).toBe(201);
    expect((await submitAt(daysAhead(limits.scheduleDays - 0.01).toISOString())).status).toBe(201);
    for (const days of [limits.scheduleDays + 0.01, 4000, 2_900_000]) {
      expect(
        await submitAt(
          daysAhead(days)
            .toISOString()
            .replace(/^\+\d\d/, ''),
        ),
      ).toMatchObject({
        ...{ status: 400, body: { code: 'invalid', fields: [{ field: '/emails/0/sendAt' }] } },
      });
    }
  });

  it('whose time has passed leaves at once', async () => {
    for (const text of [
      '1970-01-01T00:00:00Z',
      '0001-01-01T00:00:00Z',
      new Date(Date.now() - 1000).toISOString(),
    ]) {
      expect(Math.abs((await dueOf(text)).getTime() - Date.now()), text).toBeLessThan(2000);
    }
  });

  it.each([
    ['without an offset', '2027-03-28T02:30:00'],
    ['with the name of a zone', '2027-03-28T02:30:00[Europe/Paris]'],
    ['only a day', '2027-03-28'],
    ['on the leap day of a common year', '2027-02-29T10:00:00Z'],
    ['with a leap second', '2026-12-31T23:59:60Z'],
    ['at half past 24', '2027-03-28T24:30:00Z'],
    ['as a number', '1806193800000'],
  ])('is refused, never guessed: %s', async (_, sendAt) => {
    const { status, body } = await submitAt(sendAt);
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid' });
    expect(new Set(body.fields!.map((it) => it.field))).toEqual(new Set(['/emails/0/sendAt']));
  });

  it('farther away than any timer reaches is waited for, and nothing leaves early', async () => {
    await given.database`delete from outbox_email`;
    const connectorId = await given.connector();
    const farId = await given.submit(connectorId, { sendAt: daysAhead(300).toISOString() });
    // What a timer of 32 bits takes for "at once".
    expect(await untilNextDue(given.database)).toBeGreaterThan(2 ** 31);
    const nearId = await given.submit(connectorId);
    expect((await given.dispatch(connectorId)).map((it) => it.emailId)).toEqual([nearId]);
    expect((await given.row(farId)).state).toBe('waiting');
  });
});
